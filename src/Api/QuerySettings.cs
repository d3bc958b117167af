using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Cairn.Api;

/// <summary>The settings <c>Query__…</c>: docs/operations/settings.md.</summary>
static class QuerySettings
{
    /// <summary>Memory for columns where nothing is set: the larger of this and of an eighth of the machine's memory, or of what its container may have.</summary>
    public const long LeastColumnBytes = 512L << 20;

    const string Name = "Query:ColumnBytes";

    /// <summary>Memory for rows laid out by person and for columns, texts' codes among them; a budget, not a reservation.</summary>
    /// <param name="machineBytes">The memory there is.</param>
    /// <exception cref="FormatException">It is no number of bytes; the message names it.</exception>
    public static long ColumnBytes(IConfiguration? settings, long machineBytes)
    {
        if (settings?[Name] is not { Length: > 0 } text) return Math.Max(LeastColumnBytes, machineBytes / 8);
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) && bytes > 0
            ? bytes
            : throw new FormatException($"The setting {Name.Replace(":", "__", StringComparison.Ordinal)} is '{text}': not a number of bytes such as {LeastColumnBytes}");
    }
}
