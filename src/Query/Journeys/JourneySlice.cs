namespace Cairn.Query.Journeys;

/// <summary>Shards that are in memory together: all of a project's, or those of a share of its people.</summary>
/// <param name="Shards">Those of people; no person counts in two.</param>
/// <param name="Nobody">Rows that say nothing of who; they count in totals.</param>
sealed record JourneySlice(IReadOnlyList<JourneyShard> Shards, IReadOnlyList<JourneyShard> Nobody)
{
    public static JourneySlice Of(IReadOnlyCollection<JourneyShard> shards) =>
        new([.. shards.Where(shard => shard.PersonCount > 0)], [.. shards.Where(shard => shard.PersonCount == 0)]);

    public long RowCount => Shards.Concat(Nobody).Sum(shard => (long)shard.RowCount);
}
