using System.Globalization;
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
        var rows = Read(settings, "Compaction:MaxRowsAtOnce", limits.MaxAppendRows, text => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture));
        return limits.WithRows(rows) with
        {
            AppendAfter = Read(settings, "Compaction:AppendAfter", limits.AppendAfter, text => TimeSpan.Parse(text, CultureInfo.InvariantCulture)),
            KeepRecentFor = Read(settings, "Compaction:KeepRecentFor", limits.KeepRecentFor, text => TimeSpan.Parse(text, CultureInfo.InvariantCulture)),
        };
    }

    static T Read<T>(IConfiguration? settings, string name, T otherwise, Func<string, T> parse)
    {
        if (settings?[name] is not { Length: > 0 } text) return otherwise;
        try
        {
            return parse(text);
        }
        catch (Exception fault) when (fault is FormatException or OverflowException)
        {
            throw new FormatException($"The setting {name.Replace(":", "__", StringComparison.Ordinal)} is '{text}': not what {otherwise} is", fault);
        }
    }
}
