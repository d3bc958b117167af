namespace Cairn.Storage.Compaction;

/// <summary>How compaction of one table stands: what it must remember between runs, and what an operator wants to know.</summary>
/// <remarks>Kept as JSON, docs/formats/compaction.md. Losing it costs nothing but a few minutes for which recent files stay longer.</remarks>
/// <param name="Passed">Which recent files may be deleted, and when.</param>
/// <param name="VacuumedAt">When files that nobody needs were deleted last; null before the first time.</param>
/// <param name="MovedCountedAt">When all rows were last compared with the links known; null before the first time.</param>
/// <param name="LinksSeen">The claims known when that began (<see cref="KnownRows"/>).</param>
/// <param name="MovedPass">How far a comparison has come; null where none is under way.</param>
/// <param name="RanAt">When the last run ended.</param>
/// <param name="Fault">Why the last run stopped, in one line; null where it ended well.</param>
/// <param name="WaitingFiles">Recent files that were left for the next run, and their bytes.</param>
/// <param name="Version">The table's version, with its files and rows.</param>
/// <param name="Totals">What was done since this was first kept.</param>
/// <param name="SetAsideFiles">Recent files that were set aside since then, for they were damaged.</param>
public sealed record TableProgress(
    PassedPlaces Passed,
    DateTimeOffset? VacuumedAt,
    DateTimeOffset? MovedCountedAt,
    string? LinksSeen,
    MovedPass? MovedPass,
    DateTimeOffset? RanAt,
    string? Fault,
    int WaitingFiles,
    long WaitingBytes,
    long Version,
    int Files,
    long Rows,
    CompactionTotals Totals,
    long SetAsideFiles = 0)
{
    public static TableProgress Fresh { get; } = new(PassedPlaces.None, null, null, null, null, null, null, 0, 0, -1, 0, 0, default);
}

/// <summary>A comparison of a table's rows with the links known, which takes many runs.</summary>
/// <param name="Links">The claims known when it began.</param>
/// <param name="After">The last run of files that was compared, by its name; empty before the first.</param>
public sealed record MovedPass(string Links, string After);

/// <summary>What compaction did to a table.</summary>
/// <param name="AppendedRows">Recent rows that came into the table.</param>
/// <param name="DuplicateRows">Rows that were left out, or taken out, as copies of others.</param>
/// <param name="MergedFiles">Files that became part of others.</param>
/// <param name="ExpiredFiles">Files past the project's retention.</param>
/// <param name="DeletedFiles">Recent files whose rows are in the table, and files that nobody needs.</param>
public readonly record struct CompactionTotals(long AppendedRows, long DuplicateRows, long MergedFiles, long ExpiredFiles, long DeletedFiles)
{
    public static CompactionTotals operator +(CompactionTotals one, CompactionTotals other) => new(
        one.AppendedRows + other.AppendedRows,
        one.DuplicateRows + other.DuplicateRows,
        one.MergedFiles + other.MergedFiles,
        one.ExpiredFiles + other.ExpiredFiles,
        one.DeletedFiles + other.DeletedFiles);
}
