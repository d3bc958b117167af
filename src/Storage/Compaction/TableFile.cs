using System.Globalization;
using Cairn.Storage.Delta;
using Cairn.Storage.Lake;

namespace Cairn.Storage.Compaction;

/// <summary>What planning knows of a table's data file.</summary>
/// <param name="Path">As in the table's log.</param>
/// <param name="Month">Its partition, its first day.</param>
/// <param name="Date">The one date of a young file's rows; null for one that was merged into its month.</param>
/// <param name="Bytes">Stored bytes.</param>
/// <param name="Rows">Rows in it.</param>
/// <param name="Run">Files that one merge made share it: no person is in two of them.</param>
/// <param name="ModifiedAtMs">When it was written, Unix milliseconds.</param>
public sealed record TableFile(string Path, DateOnly Month, DateOnly? Date, long Bytes, long Rows, string Run, long ModifiedAtMs)
{
    /// <summary>Tag that names the run; of no meaning beyond planning.</summary>
    public const string RunTag = "cairn.run";

    /// <summary>Whether it holds one date and waits to be merged into its month.</summary>
    public bool IsYoung => Date is not null;

    /// <summary>The day after the last that a row of it can have.</summary>
    public DateOnly EndsBefore => Date?.AddDays(1) ?? (Month >= LastMonth ? DateOnly.MaxValue : Month.AddMonths(1));

    static readonly DateOnly LastMonth = new(9999, 12, 1);

    /// <summary>The files of a table's version.</summary>
    public static IReadOnlyList<TableFile> Of(DeltaSnapshot version) => [.. version.Files.Values.Select(file => Of(LakeFile.Of(version, file)))];

    static TableFile Of(LakeFile file) => new(
        file.Path,
        DateOnly.ParseExact(file.Month + "-01", LakeLayout.DateFormat, CultureInfo.InvariantCulture),
        file.Date,
        file.File.SizeBytes,
        file.RowCount,
        file.File.Tags.GetValueOrDefault(RunTag, file.Path),
        file.File.ModifiedAtMs);
}
