using System.Globalization;

namespace Cairn.Disk.Tables;

/// <summary>A row's version as text: the counter's number in decimal.</summary>
static class RowETag
{
    public static string Write(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Null for a text that no row here ever had.</summary>
    public static long? Read(string etag) =>
        long.TryParse(etag, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
