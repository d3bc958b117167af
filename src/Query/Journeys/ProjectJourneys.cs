using Cairn.Query.Filters;
using Cairn.Query.Scanning;
using Cairn.Storage.Rows;

namespace Cairn.Query.Journeys;

/// <summary>One project's layouts: the last one is kept for as long as its parts, their rows and the persons stay the same.</summary>
sealed class ProjectJourneys(string projectId, ProjectColumns columns, ColumnCache cache)
{
    readonly Lock gate = new();
    (EventSnapshot Snapshot, PersonResolver Persons, string Key)? last;
    int generation;

    /// <summary>The rows of a snapshot by person, with these properties read.</summary>
    public async Task<OpenedJourneys> OpenAsync(ScanContext context, IReadOnlyCollection<PropertyReference> properties, bool needsPersons, CancellationToken cancellationToken)
    {
        var key = KeyOf(context);
        var layout = await cache.GetAsync(key, "layout", async () =>
        {
            var built = await LayoutBuilder.BuildAsync(key, context, CancellationToken.None);
            var columnsOf = new LayoutColumns(built, columns, context.Persons.Pool, cache);
            return (new Kept(columnsOf, [.. columnsOf.Shards.Select((_, index) => new ShardPart(columnsOf, index))]), built.MemoryBytes);
        }, cancellationToken);
        var shards = new List<JourneyShard>();
        for (var i = 0; i < layout.Parts.Length; i++)
        {
            var part = layout.Parts[i];
            if (part.RowCount == 0) continue;
            var read = await PartColumns.ReadAsync(context, new(part, RowSet.All(part.RowCount)), properties, needsPersons, cancellationToken);
            shards.Add(new(layout.Columns.Shards[i], read, outside: null));
        }
        return new(context, [.. shards.Where(shard => shard.PersonCount > 0)], [.. shards.Where(shard => shard.PersonCount == 0)]);
    }

    string KeyOf(ScanContext context)
    {
        lock (gate)
        {
            if (last is { } known && known.Persons == context.Persons && AreSame(known.Snapshot.Parts, context.Snapshot.Parts)) return known.Key;
            if (last is { } gone) cache.Forget(new HashSet<string> { gone.Key });
            var key = $"journeys/{projectId}/{++generation}";
            last = (context.Snapshot, context.Persons, key);
            return key;
        }
    }

    static bool AreSame(IReadOnlyList<PartRows> x, IReadOnlyList<PartRows> y) =>
        x.Count == y.Count && x.Zip(y).All(pair => pair.First.Part.Key == pair.Second.Part.Key && pair.First.Live.Words.SequenceEqual(pair.Second.Live.Words));

    sealed record Kept(LayoutColumns Columns, ShardPart[] Parts);
}
