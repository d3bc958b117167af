using Cairn.Query.Scanning;

namespace Cairn.Query.Journeys;

/// <summary>The rows of a fixed set of parts, laid out by person under one map of persons. Never changes.</summary>
/// <param name="Key">Names it for good; what is cached of it is filed under it.</param>
/// <param name="Ranks">Where each person is.</param>
/// <param name="Shards">Each a range of <see cref="Cairn.Storage.Lake.PersonHash"/>, ascending; no person is in two.</param>
/// <param name="Nobody">Rows that say nothing of who: they count in totals, not in people. Null where there are none.</param>
sealed record JourneyLayout(string Key, RowSpace Space, PersonRanks Ranks, IReadOnlyList<ShardRows> Shards, ShardRows? Nobody)
{
    public long RowCount => Shards.Sum(shard => (long)shard.RowCount) + (Nobody?.RowCount ?? 0);

    public long MemoryBytes => Shards.Sum(shard => shard.MemoryBytes) + (Nobody?.MemoryBytes ?? 0);
}
