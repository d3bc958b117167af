namespace Cairn.Storage.Compaction;

/// <summary>Files that become others with the same rows, in one commit.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Month">The partition of all of them.</param>
/// <param name="Date">The date where young files become one; null where they become files of the month.</param>
/// <param name="Sources">What is read and removed.</param>
public sealed record MergePlan(MergeReason Reason, DateOnly Month, DateOnly? Date, IReadOnlyList<TableFile> Sources)
{
    public long Bytes => Sources.Sum(file => file.Bytes);
}

/// <summary>Why files are merged.</summary>
public enum MergeReason
{
    /// <summary>Many small files of one date become one.</summary>
    SmallFiles,

    /// <summary>Files of closed dates go into their month.</summary>
    ClosedDates,

    /// <summary>Merged files of about one size become one run.</summary>
    Runs,

    /// <summary>Too many rows belong to another person by now.</summary>
    MovedPersons,
}
