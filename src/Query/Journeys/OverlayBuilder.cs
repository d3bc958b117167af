using Cairn.Model.Identity;
using Cairn.Query.Scanning;
using Cairn.Storage.Rows;

namespace Cairn.Query.Journeys;

/// <summary>
/// Lays out anew the persons whom younger rows and links touch, with all their rows, over a base that stays as it is: there they are passed over.
/// Costs in proportion to their rows.
/// </summary>
/// <param name="layer">The base.</param>
/// <param name="owners">As of now.</param>
sealed class OverlayBuilder(Layer layer, RowOwners owners, ReadCount count)
{
    readonly JourneyLayout layout = layer.Layout;

    /// <summary>The persons touched, by their code in the base.</summary>
    readonly HashSet<int> touched = [];

    /// <summary>For each part of the base the rows that are gone; null for none.</summary>
    RowSet?[] gone = [];

    /// <summary>The overlay; null where it would hold more rows than a limit.</summary>
    public async Task<Overlay?> BuildAsync(string key, SnapshotDifference difference, PersonMoves moves, long maxRows, CancellationToken cancellationToken)
    {
        if (difference.RowCount > maxRows) return null;
        gone = [.. layout.Space.Parts.Select(part => difference.Gone.GetValueOrDefault(part.Key))];
        var added = await new PartReader(owners, count, keepsColumns: true).ReadAsync(difference.Added, cancellationToken);
        foreach (var source in added) touched.UnionWith(source.Persons);
        TouchGone();
        foreach (var person in moves.Whole.Keys.Concat(moves.Whole.Values).Concat(moves.Split)) touched.Add(owners.Pool.Find(person));
        var outside = Outside();
        if (outside.Sum(set => (long)set.Rows.RowCount) > maxRows) return null;
        var sources = new List<SourceRows>();
        for (var shard = 0; shard < layout.Shards.Count; shard++)
            if (outside[shard].Places.Count > 0) sources.Add(await OfShardAsync(shard, outside[shard], moves, cancellationToken));
        var hidesNobody = layout.Nobody is not null && HasGone(layout.Nobody);
        if (hidesNobody) sources.Add(OfNobody());
        sources.AddRange(added);
        return new(await LayoutBuilder.BuildAsync(key, owners.Pool, [.. sources.Where(source => source.Count > 0)], count, cancellationToken), outside, hidesNobody);
    }

    /// <summary>The persons of rows that are gone; every row of the base is looked at, but only where some are.</summary>
    void TouchGone()
    {
        if (Array.TrueForAll(gone, rows => rows is null)) return;
        foreach (var shard in layout.Shards)
        {
            for (var place = 0; place < shard.Persons.Length; place++)
                for (var row = shard.Starts[place]; row < shard.Starts[place + 1]; row++)
                    if (IsGone(shard.Sources[row]))
                    {
                        touched.Add(shard.Persons[place]);
                        break;
                    }
        }
    }

    PersonSet[] Outside()
    {
        var places = layout.Shards.Select(_ => new List<int>()).ToArray();
        foreach (var person in touched)
            if (layout.Ranks.Has(person)) places[layout.Ranks.ShardOf(person)].Add(layout.Ranks.PlaceOf(person));
        return [.. places.Select((found, shard) => found.Count == 0 ? PersonSet.Empty : new PersonSet(found, layout.Shards[shard]))];
    }

    /// <summary>The rows of a shard's touched persons that still count, with whose they are now.</summary>
    async ValueTask<SourceRows> OfShardAsync(int index, PersonSet places, PersonMoves moves, CancellationToken cancellationToken)
    {
        var shard = layout.Shards[index];
        var (rows, codes, split) = (new List<int>(), new List<int>(), new List<int>());
        foreach (var place in places.Places)
        {
            var id = owners.Pool[shard.Persons[place]];
            var person = moves.Whole.TryGetValue(id, out var other) ? owners.Pool.Intern(other) : shard.Persons[place];
            var isSplit = moves.Split.Contains(id);
            for (var row = shard.Starts[place]; row < shard.Starts[place + 1]; row++)
            {
                if (IsGone(shard.Sources[row])) continue;
                if (isSplit) split.Add(rows.Count);
                rows.Add(row);
                codes.Add(person);
            }
        }
        var part = layer.PartOf(index);
        if (split.Count > 0)
        {
            var resolved = await owners.ResolveAsync(part, [.. split.Select(at => rows[at])], count, cancellationToken);
            for (var i = 0; i < resolved.Length; i++) codes[split[i]] = resolved[i];
        }
        // Rows of one person who was one before stand in order; of two who are one now they are of different places.
        return new(part, [.. rows], [.. codes], shard.Times, (first, second) => PlaceOf(shard, first) == PlaceOf(shard, second));
    }

    SourceRows OfNobody()
    {
        var nobody = layout.Nobody!;
        var rows = Enumerable.Range(0, nobody.RowCount).Where(row => !IsGone(nobody.Sources[row])).ToArray();
        return new(layer.PartOf(layout.Shards.Count), rows, [.. rows.Select(_ => -1)], nobody.Times, (_, _) => true);
    }

    static int PlaceOf(ShardRows shard, int row) => Array.BinarySearch(shard.Starts, row) is >= 0 and var place ? place : ~Array.BinarySearch(shard.Starts, row) - 1;

    bool HasGone(ShardRows shard) => Array.Exists(shard.Sources, IsGone);

    bool IsGone(int number) => gone[layout.Space.PartOf(number)] is { } rows && rows[number - layout.Space.FirstOf(layout.Space.PartOf(number))];
}

/// <summary>What lies over a base.</summary>
/// <param name="Layout">The touched persons with all their rows, and rows of nobody.</param>
/// <param name="Outside">For each shard of the base who is passed over there.</param>
/// <param name="HidesNobody">Whether the base's rows of nobody are passed over as well.</param>
sealed record Overlay(JourneyLayout Layout, PersonSet[] Outside, bool HidesNobody)
{
    /// <summary>For each shard of the base, nobody's included, what is passed over.</summary>
    public PersonSet[] PassedOver(Layer layer) => layer.Layout.Nobody is not { } nobody ? Outside : [.. Outside, HidesNobody ? PersonSet.AllRowsOf(nobody) : PersonSet.Empty];
}
