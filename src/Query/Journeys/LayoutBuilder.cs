using System.Numerics;
using Cairn.Query.Scanning;

namespace Cairn.Query.Journeys;

/// <summary>Lays rows out by person: rows go to their shard, within it to their person, there they are put in order of time.</summary>
/// <remarks>
/// Two passes of a radix sort, for which the sources' order is kept: where they come in order of time (months of the lake, then recent
/// files) most persons' rows are in order already. Only persons whose rows are not, or have equal times, are sorted.
/// </remarks>
sealed class LayoutBuilder
{
    /// <summary>Rows of a shard, about: its columns then fit the cache of a core, and there are enough of them to spread.</summary>
    const int RowsPerShard = 256 * 1024;

    /// <summary>Rows below which one shard will do.</summary>
    const int RowsOfOneShard = 16 * 1024;

    /// <summary>Shards at most; fewer than a short counts.</summary>
    const int MaxShards = 1024;

    readonly IReadOnlyList<SourceRows> sources;
    readonly RowSpace space;
    readonly PersonRanks ranks;
    readonly ShardShares shares;
    readonly RowTies ties = new();

    LayoutBuilder(TextPool persons, IReadOnlyList<SourceRows> sources, int sharedBits)
    {
        this.sources = sources;
        space = new([.. sources.Select(source => source.Part)]);
        ranks = PersonRanks.Of(persons, sources, ShardCountFor(sources.Sum(source => (long)source.Count)), sharedBits);
        // Those of nobody come last, as if they were one more shard.
        shares = new(sources.Count, ranks.ShardCount + 1);
    }

    /// <summary>The layout of rows.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="persons">The ids of the sources' persons.</param>
    /// <param name="count">Notes what is read to put rows of one moment in order.</param>
    /// <param name="sharedBits">First bits of the hash that all the persons have in common: those of one share of them.</param>
    public static async Task<JourneyLayout> BuildAsync(
        string key, TextPool persons, IReadOnlyList<SourceRows> sources, ReadCount count, CancellationToken cancellationToken, int sharedBits = 0)
    {
        var builder = new LayoutBuilder(persons, sources, sharedBits);
        var shards = builder.LayOut(new() { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken });
        await builder.ties.SettleAsync(builder.space, sources, shards, count, cancellationToken);
        return new(key, builder.space, builder.ranks, shards[..^1], shards[^1].RowCount == 0 ? null : shards[^1]);
    }

    ShardRows[] LayOut(ParallelOptions options)
    {
        Parallel.For(0, sources.Count, options, source => shares.Count(source, ShardsOf(source)));
        shares.Allocate();
        Parallel.For(0, sources.Count, options, source => shares.Scatter(source, space.FirstOf(source), sources[source], ShardsOf(source)));
        var shards = new ShardRows[ranks.ShardCount + 1];
        Parallel.For(0, shards.Length, options, shard => shards[shard] = LayOutShard(shard));
        return shards;
    }

    /// <summary>Each row's shard.</summary>
    short[] ShardsOf(int source)
    {
        var persons = sources[source].Persons;
        var shards = new short[persons.Length];
        for (var i = 0; i < shards.Length; i++) shards[i] = persons[i] < 0 ? (short)ranks.ShardCount : ranks.ShardOf(persons[i]);
        return shards;
    }

    /// <summary>The second pass: the rows of one shard by person, then each person's by time.</summary>
    ShardRows LayOutShard(int shard)
    {
        var isNobody = shard == ranks.ShardCount;
        var persons = isNobody ? [] : ranks.PersonsOf(shard);
        var (entryPersons, entryRows) = shares.Of(shard);
        var starts = new int[Math.Max(persons.Length, isNobody ? 1 : 0) + 1];
        foreach (var person in entryPersons) starts[(person < 0 ? 0 : ranks.PlaceOf(person)) + 1]++;
        for (var place = 0; place + 1 < starts.Length; place++) starts[place + 1] += starts[place];
        var times = new long[entryRows.Length];
        var numbers = new int[entryRows.Length];
        var next = starts.AsSpan(0, starts.Length - 1).ToArray();
        for (var source = 0; source < sources.Count; source++)
        {
            var sourceTimes = sources[source].Times.Span;
            var first = space.FirstOf(source);
            var (from, until) = shares.EntriesOf(source, shard);
            for (var entry = from; entry < until; entry++)
            {
                var at = next[entryPersons[entry] < 0 ? 0 : ranks.PlaceOf(entryPersons[entry])]++;
                numbers[at] = entryRows[entry];
                times[at] = sourceTimes[entryRows[entry] - first];
            }
        }
        shares.Drop(shard);
        for (var place = 0; place + 1 < starts.Length; place++)
            PutInOrder(shard, times.AsSpan(starts[place]..starts[place + 1]), numbers.AsSpan(starts[place]..starts[place + 1]), starts[place]);
        return new(persons, isNobody ? [0] : starts, times, numbers);
    }

    void PutInOrder(int shard, Span<long> times, Span<int> numbers, int first)
    {
        var (isSorted, hasTies) = (true, false);
        for (var i = 1; i < times.Length; i++)
        {
            isSorted &= times[i] >= times[i - 1];
            hasTies |= times[i] == times[i - 1];
        }
        if (!isSorted) times.Sort(numbers);
        if (isSorted && !hasTies) return;
        for (var i = 0; i < times.Length;)
        {
            var end = i + 1;
            while (end < times.Length && times[end] == times[i]) end++;
            if (end - i > 1) ties.Add(new(shard, first + i, first + end));
            i = end;
        }
    }

    static int ShardCountFor(long rowCount)
    {
        if (rowCount <= RowsOfOneShard) return 1;
        var wanted = Math.Clamp(rowCount / RowsPerShard, Environment.ProcessorCount * 2, MaxShards);
        return (int)BitOperations.RoundUpToPowerOf2((uint)wanted);
    }
}
