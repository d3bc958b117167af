using Cairn.Model;
using Cairn.Query.Scanning;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;

namespace Cairn.Support.Query;

/// <summary>Event rows held in memory, for tests: each part goes through the columns that a recent file would have.</summary>
public sealed class MemoryEvents : IRowSnapshots
{
    readonly InMemoryRowFiles files = new();
    readonly List<RowFile> parts = [];

    public static MemoryEvents Of(params IEnumerable<MemoryEvent> events)
    {
        var source = new MemoryEvents();
        source.AddPart(events);
        return source;
    }

    /// <summary>Adds a part.</summary>
    /// <param name="leftOut">Rows that do not count.</param>
    public void AddPart(IEnumerable<MemoryEvent> events, params int[] leftOut)
    {
        var rows = new RecentRowsBuilder(ItemKind.Event);
        foreach (var item in events) rows.Add(item.ToItem(parts.Count, rows.RowCount), seq: parts.Count, itemIndex: rows.RowCount);
        if (rows.RowCount == 0) return;
        var file = files.Add(RecentLayout.FileName("p", RowLayout.Events, "stream", 0, parts.Count, parts.Count, "x"), rows);
        parts.Add(file with { Live = file.Live.Without(leftOut) });
    }

    /// <summary>As reports read them.</summary>
    public IEventSource Source => new StoredEvents(this);

    public ValueTask<RowSnapshot> OpenAsync(string projectId, string kind, CancellationToken cancellationToken) =>
        new(new RowSnapshot(projectId, kind, kind == RowLayout.Events ? [.. parts] : []));
}
