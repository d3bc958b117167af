using System.Globalization;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Recent;

/// <summary>What a recent file's name says.</summary>
/// <param name="Kind">One of <see cref="RowLayout"/>'s kinds.</param>
/// <param name="FirstSeq">The batch's first message.</param>
/// <param name="LastSeq">The batch's last message, included.</param>
public readonly record struct RecentFileName(string ProjectId, string Kind, string StreamId, int Partition, long FirstSeq, long LastSeq)
{
    /// <summary>The blob's name.</summary>
    /// <param name="unique">Tells two writers of the same borders apart; [a-z0-9].</param>
    public string WithUnique(string unique) => RecentLayout.FileName(ProjectId, Kind, StreamId, Partition, FirstSeq, LastSeq, unique);

    /// <summary>Reads a blob's name; false for any other.</summary>
    public static bool TryParse(string name, out RecentFileName parsed)
    {
        parsed = default;
        var parts = name.Split('/');
        if (parts.Length != 6 || parts[0] + "/" != RecentLayout.Folder || !parts[5].EndsWith(".parquet", StringComparison.Ordinal)) return false;
        var borders = parts[5].Split('-');
        if (borders.Length != 3 || !TryNumber(parts[4], out var partition) || partition > int.MaxValue) return false;
        if (!TryNumber(borders[0], out var first) || !TryNumber(borders[1], out var last) || last < first) return false;
        parsed = new(parts[1], parts[2], parts[3], (int)partition, first, last);
        return true;
    }

    static bool TryNumber(string text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
