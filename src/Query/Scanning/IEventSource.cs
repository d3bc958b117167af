using Cairn.Storage.Rows;

namespace Cairn.Query.Scanning;

/// <summary>Where a project's event rows are read from: recent files, the lake, a test's own.</summary>
public interface IEventSource
{
    /// <summary>All event rows that are visible at the call, each once.</summary>
    ValueTask<EventSnapshot> OpenAsync(string projectId, CancellationToken cancellationToken);

    /// <summary>The same rows as files, for who reads parts of them.</summary>
    ValueTask<RowSnapshot> OpenFilesAsync(string projectId, CancellationToken cancellationToken);
}

/// <summary>The rows one report is answered from.</summary>
/// <param name="Parts">In an order that stays the same while the parts are the same.</param>
/// <param name="DataUpToMs">The newest receipt among the rows, Unix milliseconds; null without rows.</param>
public sealed record EventSnapshot(IReadOnlyList<PartRows> Parts, long? DataUpToMs);

/// <summary>A part and those of its rows that count: not those that another part brought already, not duplicates.</summary>
public sealed record PartRows(IEventPart Part, RowSet Live)
{
    /// <summary>A part all of whose rows count.</summary>
    public static PartRows All(IEventPart part) => new(part, RowSet.All(part.RowCount));
}

/// <summary>An immutable set of event rows, stored by column: one file.</summary>
/// <remarks>Columns are named and typed as <see cref="RowLayout"/> says: <c>event</c>, <c>time</c>, <c>s.plan</c>, <c>n.price</c>.</remarks>
public interface IEventPart
{
    /// <summary>Names these rows for good; what is cached of them is filed under it.</summary>
    string Key { get; }

    /// <summary>Rows stored, whether or not they count; the length of every column.</summary>
    int RowCount { get; }

    /// <summary>The earliest and the latest event time, Unix milliseconds; may be wider than the rows.</summary>
    (long FirstMs, long LastMs) Times { get; }

    /// <summary>Whether rows of one sender and time stand together, in the order of event name, insert id, item id.</summary>
    bool IsSortedByPerson { get; }

    /// <summary>No receipt is earlier, Unix milliseconds; may be earlier than any, where nobody knows the smallest value.</summary>
    long FirstReceivedAtMs => long.MinValue;

    /// <summary>The latest receipt, Unix milliseconds.</summary>
    long LastReceivedAtMs { get; }

    IReadOnlyList<StoredColumnInfo> Columns { get; }

    bool Has(string column);

    /// <summary>A whole column; null where there is none of this name.</summary>
    ValueTask<StoredColumn?> ReadAsync(string column, CancellationToken cancellationToken);

    /// <summary>The same, for who makes something else of it and keeps that: it is not kept for others.</summary>
    ValueTask<StoredColumn?> ReadOnceAsync(string column, CancellationToken cancellationToken) => ReadAsync(column, cancellationToken);

    /// <summary>A column at some rows, ascending; it is not kept for others.</summary>
    ValueTask<StoredColumn?> ReadRowsAsync(string column, int[] rows, CancellationToken cancellationToken);
}
