namespace Cairn.Storage.Compaction;

/// <summary>What planning knows of a table's data file.</summary>
/// <param name="Path">As in the table's log.</param>
/// <param name="Month">Its partition, its first day.</param>
/// <param name="Date">The one date of a young file's rows; null for one that was merged into its month.</param>
/// <param name="Bytes">Stored bytes.</param>
/// <param name="Rows">Rows in it.</param>
/// <param name="Range">The part of the persons' hashes that it may hold; a young file holds any.</param>
/// <param name="ModifiedAtMs">When it was written, Unix milliseconds.</param>
public sealed record TableFile(string Path, DateOnly Month, DateOnly? Date, long Bytes, long Rows, HashRange Range, long ModifiedAtMs)
{
    /// <summary>Whether it holds one date and waits to be merged into its month.</summary>
    public bool IsYoung => Date is not null;

    /// <summary>The day after the last that a row of it can have.</summary>
    public DateOnly EndsBefore => Date?.AddDays(1) ?? Month.AddMonths(1);
}
