using Cairn.Storage.Rows;

namespace Cairn.Query.Scanning;

/// <summary>Event rows as they are stored: each file, recent or of the lake, is a part.</summary>
public sealed class StoredEvents(IRowSnapshots rows) : IEventSource
{
    public async ValueTask<EventSnapshot> OpenAsync(string projectId, CancellationToken cancellationToken)
    {
        var snapshot = await rows.OpenAsync(projectId, RowLayout.Events, cancellationToken);
        return new(
            [.. snapshot.Files.Where(file => file.Live.Count > 0).Select(file => new PartRows(new Part(file), file.Live))],
            snapshot.RowCount == 0 ? null : snapshot.ReceivedUpToMs);
    }

    public ValueTask<RowSnapshot> OpenFilesAsync(string projectId, CancellationToken cancellationToken) => rows.OpenAsync(projectId, RowLayout.Events, cancellationToken);

    /// <summary>A file as a part.</summary>
    internal static IEventPart PartOf(RowFile file) => new Part(file);

    sealed class Part(RowFile file) : IEventPart
    {
        public string Key => file.Name;

        public int RowCount => file.RowCount;

        public (long FirstMs, long LastMs) Times => (file.Facts.MinTimeMs, file.Facts.MaxTimeMs);

        public bool IsSortedByPerson => file.Facts.IsSortedByPerson;

        public long FirstReceivedAtMs => file.Facts.MinReceivedAtMs;
        public long LastReceivedAtMs => file.Facts.MaxReceivedAtMs;

        public IReadOnlyList<StoredColumnInfo> Columns => file.Facts.Schema;

        public bool Has(string column) => file.Has(column);

        public ValueTask<StoredColumn?> ReadAsync(string column, CancellationToken cancellationToken) => file.ReadAsync(column, cancellationToken);

        public ValueTask<StoredColumn?> ReadOnceAsync(string column, CancellationToken cancellationToken) => file.ReadOnceAsync(column, cancellationToken);

        public ValueTask<StoredColumn?> ReadRowsAsync(string column, int[] rows, CancellationToken cancellationToken) => file.ReadRowsAsync(column, rows, cancellationToken);
    }
}
