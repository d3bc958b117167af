using System.Text;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Query.Definitions;
using Cairn.Query.Scanning;
using Cairn.Storage.Profiles;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;
using Cairn.Support.Query;
using NodaTime;

namespace Cairn.Behaviour.Query.Journeys;

/// <summary>A project whose files, rows that count and links change at random, and what a naive reader would make of it.</summary>
sealed class JourneyWorld : IRowSnapshots, IPeopleSource
{
    static readonly DateTimeOffset Start = new(2025, 3, 1, 0, 0, 0, TimeSpan.Zero);

    readonly Random random;
    readonly InMemoryRowFiles files = new();
    readonly List<(RowFile File, List<JourneyRow> Rows)> parts = [];
    readonly IdentityFold fold = new(IdentityMode.Simplified);
    int eventCount, claimCount, fileCount;

    public JourneyWorld(Random random, long cacheBytes = 1 << 24)
    {
        this.random = random;
        CacheBytes = cacheBytes;
        Reader = new(new StoredEvents(this), this, new ColumnCache(cacheBytes));
    }

    public ReportReader Reader { get; }

    public long CacheBytes { get; }

    public long LiveRowCount => parts.Sum(part => part.File.Live.Count);

    /// <summary>Whether some file, live rows or not, has the property.</summary>
    public bool HasPlans => parts.Any(part => part.File.Has(RowLayout.Text + "plan"));

    public ReportProject Project { get; } = new("p", IdentityMode.Simplified, DateTimeZone.Utc);

    /// <summary>Ids that events and claims draw from.</summary>
    public int IdCount { get; init; } = 25;

    public int PartCount => parts.Count;

    /// <summary>Adds a file of random events: some of nobody, many at the same moment, some left out.</summary>
    public void AddPart(int maxRows = 120) => Add([.. Enumerable.Range(0, random.Next(1, maxRows)).Select(_ => RandomEvent())]);

    /// <summary>Takes some rows of a file out of the count, as when they prove to be duplicates.</summary>
    public void LeaveOutRows()
    {
        var index = random.Next(parts.Count);
        var (file, rows) = parts[index];
        parts[index] = (file with { Live = file.Live.Without(Enumerable.Range(0, file.RowCount).Where(_ => random.Next(5) == 0)) }, rows);
    }

    /// <summary>Puts the rows of some files into a new one, as compaction does: what was left out is gone.</summary>
    public void Compact()
    {
        var taken = parts.Where(_ => random.Next(2) == 0).ToList();
        var rows = taken.SelectMany(part => part.Rows.Where((_, row) => part.File.Live[row])).ToArray();
        parts.RemoveAll(taken.Contains);
        random.Shuffle(rows);
        Add([.. rows], leaveOut: false);
    }

    /// <summary>Says that two ids are one person, or that they are not.</summary>
    public void Claim() => fold.Add([new(new(1, new(2, 2, claimCount++)), random.Next(5) == 0 ? LinkRule.Undone : LinkRule.ByHand, $"u{random.Next(IdCount)}", $"u{random.Next(IdCount)}")]);

    /// <summary>Each person's rows that count, in order; null for nobody.</summary>
    public ILookup<string, JourneyRow> Expected() => parts
        .SelectMany(part => part.Rows.Where((_, row) => part.File.Live[row]))
        .OrderBy(row => row.TimeMs).ThenBy(row => row.Name, StringComparer.Ordinal).ThenBy(row => row.InsertId, StringComparer.Ordinal).ThenBy(row => row.ItemId, StringComparer.Ordinal)
        .ToLookup(row => fold.PersonOf(new SeenIds(Dialect.Mixpanel, row.DistinctId, null, null, default)), StringComparer.Ordinal);

    public ValueTask<RowSnapshot> OpenAsync(string projectId, string kind, CancellationToken cancellationToken) =>
        new(new RowSnapshot(projectId, kind, [.. parts.Select(part => part.File)]));

    public ValueTask<People> OpenAsync(ReportProject project, bool withProfiles, CancellationToken cancellationToken) => new(new People(fold.Map, null));

    public ValueTask<IGroupMap> OpenGroupsAsync(ReportProject project, CancellationToken cancellationToken) => throw new NotSupportedException("no groups in this world");

    JourneyRow RandomEvent() => new(
        $"e{random.Next(4)}",
        Start.AddSeconds(random.Next(3) == 0 ? random.Next(6) : random.Next(5_000_000)).ToUnixTimeMilliseconds(),
        random.Next(12) == 0 ? "" : $"u{random.Next(IdCount)}",
        random.Next(2) == 0 ? "" : $"i{random.Next(1000)}",
        new ItemId((ulong)random.NextInt64(), 7, eventCount).ToString(),
        eventCount++,
        random.Next(3) == 0 ? null : new[] { "free", "pro" }[random.Next(2)]);

    void Add(List<JourneyRow> rows, bool leaveOut = true)
    {
        if (rows.Count == 0) return;
        var builder = new RecentRowsBuilder(ItemKind.Event);
        foreach (var row in rows) builder.Add(row.ToItem(), seq: fileCount, itemIndex: builder.RowCount);
        var file = files.Add(RecentLayout.FileName("p", RowLayout.Events, "stream", 0, fileCount, fileCount, $"{fileCount++}"), builder);
        parts.Add((leaveOut && random.Next(2) == 0 ? file with { Live = file.Live.Without([random.Next(rows.Count)]) } : file, rows));
    }
}

/// <summary>One event of the world.</summary>
/// <param name="Number">Tells rows apart; their property <c>n</c>.</param>
sealed record JourneyRow(string Name, long TimeMs, string DistinctId, string InsertId, string ItemId, int Number, string? Plan)
{
    public Item ToItem()
    {
        Cairn.Model.ItemId.TryParse(Encoding.UTF8.GetBytes(ItemId), out var id);
        return new()
        {
            Kind = ItemKind.Event,
            Dialect = Dialect.Mixpanel,
            Id = id,
            Name = Encoding.UTF8.GetBytes(Name),
            DistinctId = Encoding.UTF8.GetBytes(DistinctId),
            InsertId = Encoding.UTF8.GetBytes(InsertId),
            TimeMs = TimeMs,
            ReceivedAtMs = TimeMs,
            Body = Encoding.UTF8.GetBytes(Plan is null ? $$"""{"n":{{Number}}}""" : $$"""{"n":{{Number}},"plan":"{{Plan}}"}"""),
        };
    }
}
