using System.Globalization;
using Cairn.Storage;
using Cairn.Storage.Compaction;
using Microsoft.Extensions.Configuration;

namespace Cairn.Projects.Compaction;

/// <summary>The settings <c>Compaction__…</c>: docs/operations/settings.md.</summary>
static class CompactionSettings
{
    /// <exception cref="FormatException">One of them is no number or time; the message names it.</exception>
    public static CompactionLimits Read(IConfiguration? settings)
    {
        var limits = CompactionLimits.Default;
        return limits.WithRows(Rows(settings, "Compaction:MaxRowsAtOnce", limits.MaxAppendRows)) with
        {
            AppendAfter = Duration(settings, "Compaction:AppendAfter", limits.AppendAfter),
            KeepRecentFor = Duration(settings, "Compaction:KeepRecentFor", limits.KeepRecentFor),
        };
    }

    static int Rows(IConfiguration? settings, string name, int otherwise) =>
        settings?[name] is not { Length: > 0 } text ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var rows) && rows > 0 ? rows
        : throw new FormatException($"The setting {NameOf(name)} is '{text}', which is no number of rows");

    static TimeSpan Duration(IConfiguration? settings, string name, TimeSpan otherwise) =>
        settings?[name] is { Length: > 0 } text ? DurationText.Parse(NameOf(name), text) : otherwise;

    /// <summary>As in the environment.</summary>
    static string NameOf(string name) => name.Replace(":", "__", StringComparison.Ordinal);
}
