using Cairn.Storage.Delta;

namespace Cairn.Storage.Lake.Writing;

/// <summary>A data file in the making: its row groups, each encoded already, and what the log will say of it.</summary>
sealed class FileDraft(int partition, int targetRows)
{
    readonly List<RowGroup> groups = [];
    readonly List<long> keys = [];

    /// <summary>The number of its date or month (<see cref="Partitions"/>).</summary>
    public int Partition => partition;

    /// <summary>Rows that it should get.</summary>
    public int TargetRows => targetRows;

    /// <summary>Rows that it has, or will have once the row groups that were cut for it are written.</summary>
    public int PlannedRows { get; set; }

    public int RowCount { get; private set; }

    public IReadOnlyList<RowGroup> Groups => groups;

    /// <summary>High halves of its rows' duplicate keys.</summary>
    public List<long> Keys => keys;

    /// <summary>Columns that have a value.</summary>
    public HashSet<DeltaColumn> Columns { get; } = [];

    public (long FirstMs, long LastMs) Times { get; private set; } = (long.MaxValue, long.MinValue);

    public (long FirstMs, long LastMs) Receipts { get; private set; } = (long.MaxValue, long.MinValue);

    public (long FirstMs, long LastMs)? SentTimes { get; private set; }

    public void CountTime(long timeMs, long receivedAtMs)
    {
        Times = (Math.Min(Times.FirstMs, timeMs), Math.Max(Times.LastMs, timeMs));
        Receipts = (Math.Min(Receipts.FirstMs, receivedAtMs), Math.Max(Receipts.LastMs, receivedAtMs));
    }

    public void CountSent(long sentMs) => SentTimes = SentTimes is var (first, last) ? (Math.Min(first, sentMs), Math.Max(last, sentMs)) : (sentMs, sentMs);

    public void Add(RowGroup group)
    {
        groups.Add(group);
        RowCount += group.RowCount;
    }

    /// <summary>A Parquet file of one row group, and the hashes of its first and last row's persons.</summary>
    public sealed record RowGroup(int RowCount, ulong FirstHash, ulong LastHash, byte[] Bytes);
}
