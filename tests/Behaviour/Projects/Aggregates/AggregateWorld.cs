using System.Runtime.CompilerServices;
using Cairn.Model;
using Cairn.Projects.Aggregates;
using Cairn.Projects.Keys;
using Cairn.Query.Scanning;
using Cairn.Query.Segmentation;
using Cairn.Storage.Compaction;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;
using Cairn.Support;
using Cairn.Support.Query;
using Cairn.Support.Stores;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Cairn.Behaviour.Projects.Aggregates;

/// <summary>One project whose recent files and clock a test moves, and the schedule over them.</summary>
sealed class AggregateWorld : IRowSnapshots, IArrivals
{
    readonly InMemoryRowFiles _files = new();
    readonly List<RowFile> _parts = [];

    /// <summary>Recent files whose rows the lake has.</summary>
    readonly List<RowFile> _kept = [];
    readonly List<Item> _items = [];
    readonly Dictionary<string, long> _passed = [];
    int _lastSeq, _lakeFiles;

    public AggregateWorld(DateTimeOffset now)
    {
        App = new SomeKeys(clock: new FakeTimeProvider(now));
        Blobs = new FaultyBlobStore(new InMemoryBlobStore(App.Clock));
        Store = new AggregateStore(Blobs);
    }

    public SomeKeys App { get; }

    public FaultyBlobStore Blobs { get; }

    public AggregateStore Store { get; }

    /// <summary>How often reports read the rows.</summary>
    public int OpenCount { get; private set; }

    public Project Project { get; private set; } = null!;

    public static async Task<AggregateWorld> InAsync(string timeZone, string nowUtc)
    {
        var world = new AggregateWorld(Utc(nowUtc));
        world.Project = await world.App.Projects.CreateAsync(new ProjectChange("Shop", timeZone), default);
        return world;
    }

    /// <summary>A batch as the consumer writes it: <c>"signup ann 2024-03-01T10:00"</c>, times UTC, separated by commas.</summary>
    /// <param name="receivedUtc">When the door took them; null for now.</param>
    public void Arrive(string events, string stream = "hub", int partition = 0, string? receivedUtc = null)
    {
        var receivedAt = receivedUtc is null ? App.Clock.GetUtcNow() : Utc(receivedUtc);
        var rows = new RecentRowsBuilder(ItemKind.Event);
        foreach (var text in events.Split(','))
        {
            var words = text.Trim().Split(' ');
            _items.Add(new MemoryEvent(words[0], Utc(words[2]), words[1]) { ReceivedAt = receivedAt }.ToItem(_lastSeq, rows.RowCount));
            rows.Add(_items[^1], _lastSeq, rows.RowCount);
        }
        var seq = _lastSeq++;
        _parts.Add(_files.Add(RecentLayout.FileName(Project.Id, RowLayout.Events, stream, partition, seq, seq, "u"), rows));
    }

    /// <summary>The lake takes all rows there are into one file; their recent files stay for a while.</summary>
    public void Compact()
    {
        foreach (var part in _parts)
            if (RecentFileName.TryParse(part.Name, out var name)) _passed[IArrivals.StreamOf(name.StreamId, name.Partition)] = name.LastSeq;
        _kept.AddRange(_parts.Where(part => RecentFileName.TryParse(part.Name, out _)));
        _parts.Clear();
        var rows = new RecentRowsBuilder(ItemKind.Event);
        foreach (var item in _items) rows.Add(item, 0, rows.RowCount);
        _parts.Add(_files.Add($"lake/{Project.Id}/events/merged-{_items.Count}-{++_lakeFiles}", rows));
    }

    /// <summary>What the lake has is deleted from the recent files.</summary>
    public void DeletePassed() => _kept.Clear();

    /// <summary>What the timer does.</summary>
    public Task RunAsync()
    {
        var events = new StoredEvents(this);
        var reader = new ReportReader(events, new MemoryPeople(), new ColumnCache(64 * 1024 * 1024));
        var counter = new DayCounter(new SegmentationReport(reader, App.Clock), App.Clock);
        return new EventsByName(App.Projects, events, this, counter, Store, Blobs, CompactionLimits.Default, App.Clock, NullLogger<EventsByName>.Instance).RunAsync(default);
    }

    public void At(string nowUtc) => App.Clock.SetUtcNow(Utc(nowUtc));

    /// <summary>A day as text: <c>"signup 2/1 buy 1/1 total 3 active 2"</c>; null where it was not counted.</summary>
    public async Task<string?> DayAsync(string date)
    {
        if (await Store.FindDayAsync(Project.Id, DateOnly.ParseExact(date, "yyyy-MM-dd"), default) is not { } day) return null;
        var names = string.Join(' ', day.Events.Select(count => $"{count.Name} {count.Count}/{count.Users}"));
        return $"{names} total {day.Total} active {day.ActiveUsers}".Trim();
    }

    static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text + "Z", System.Globalization.CultureInfo.InvariantCulture);

    public ValueTask<RowSnapshot> OpenAsync(string projectId, string kind, CancellationToken cancellationToken)
    {
        OpenCount++;
        return new(new RowSnapshot(projectId, kind, projectId == Project.Id && kind == RowLayout.Events ? [.. _parts] : []));
    }

    public ValueTask<IReadOnlyDictionary<string, long>> PassedAsync(string projectId, string kind, CancellationToken cancellationToken) => new(kind == RowLayout.Events ? _passed : []);

    public async IAsyncEnumerable<(RecentFileName Name, RowFile Rows)> ListAsync(
        string projectId, string kind, Func<RecentFileName, bool> isWanted, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        foreach (var part in projectId == Project.Id && kind == RowLayout.Events ? _parts.Concat(_kept).ToList() : [])
            if (RecentFileName.TryParse(part.Name, out var name) && isWanted(name)) yield return (name, part);
    }
}
