using Cairn.Storage.Recent;

namespace Cairn.Query.Scanning;

/// <summary>Event rows of recent files: a file is a part.</summary>
public static class RecentEvents
{
    /// <summary>A snapshot of recent files as reports read it.</summary>
    public static EventSnapshot Of(RecentSnapshot snapshot) => new(
        [.. snapshot.Files.Where(file => file.Live.Count > 0).Select(file => new PartRows(new Part(file), file.Live))],
        snapshot.RowCount == 0 ? null : snapshot.ReceivedUpToMs);

    sealed class Part(RecentFile file) : IEventPart
    {
        public string Key => file.Name;

        public int RowCount => file.RowCount;

        public (long FirstMs, long LastMs) Times => (file.Facts.MinTimeMs, file.Facts.MaxTimeMs);

        public long LastReceivedAtMs => file.Facts.MaxReceivedAtMs;

        public IReadOnlyList<RecentColumnInfo> Columns => file.Facts.Schema;

        public bool Has(string column) => file.Has(column);

        public ValueTask<RecentColumn?> ReadAsync(string column, CancellationToken cancellationToken) => file.ReadAsync(column, cancellationToken);
    }
}
