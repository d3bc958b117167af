namespace Cairn.Query.Scanning;

/// <summary>Where a project's event rows are read from: recent files, the lake, a test's own list.</summary>
public interface IEventSource
{
    /// <summary>All event rows that are visible at the call, each once.</summary>
    ValueTask<EventSnapshot> OpenAsync(string projectId, CancellationToken cancellationToken);
}

/// <summary>The rows one report is answered from.</summary>
/// <param name="Parts">In an order that stays the same while the parts are the same.</param>
/// <param name="DataUpToMs">The newest receipt among the rows, Unix milliseconds; null without rows.</param>
public sealed record EventSnapshot(IReadOnlyList<PartRows> Parts, long? DataUpToMs);

/// <summary>A part and those of its rows that count.</summary>
/// <param name="LeftOut">Rows that another part holds already or that are duplicates: a bit each, row 0 first; null where all rows count.</param>
public sealed record PartRows(IEventPart Part, ulong[]? LeftOut = null)
{
    public bool Counts(int row) => LeftOut is null || (LeftOut[row >> 6] >> (row & 63) & 1) == 0;
}

/// <summary>An immutable set of event rows, stored by column: one file.</summary>
/// <remarks>Columns are named as in <see cref="Storage.Recent.RecentLayout"/>: <c>event</c>, <c>time</c>, <c>s.plan</c>, <c>n.price</c>.</remarks>
public interface IEventPart
{
    /// <summary>Names these rows for good; what is cached of them is filed under it.</summary>
    string Key { get; }

    int RowCount { get; }

    /// <summary>The earliest and the latest event time, Unix milliseconds; may be wider than the rows.</summary>
    (long FirstMs, long LastMs) Times { get; }

    IReadOnlyList<string> ColumnNames { get; }

    /// <summary>Whether there is such a column; the read methods may only be asked for columns there are.</summary>
    bool Has(string column);

    ValueTask<TextColumn> ReadTextAsync(string column, CancellationToken cancellationToken);

    ValueTask<NumberColumn> ReadNumberAsync(string column, CancellationToken cancellationToken);

    ValueTask<FlagColumn> ReadFlagAsync(string column, CancellationToken cancellationToken);

    /// <summary>A column of whole numbers of 32 or 64 bits.</summary>
    ValueTask<LongColumn> ReadLongAsync(string column, CancellationToken cancellationToken);
}
