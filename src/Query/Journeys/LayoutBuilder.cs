using Cairn.Query.Scanning;
using Cairn.Storage.Rows;

namespace Cairn.Query.Journeys;

/// <summary>Lays parts out by person: rows go to their shard, within it to their person, there they are put in order of time.</summary>
/// <remarks>
/// Two passes of a radix sort, for which the parts' order is kept: where parts come in order of time (months of the lake, then recent
/// files) most persons' rows are in order already. Only persons whose rows are not, or have equal times, are sorted.
/// </remarks>
sealed class LayoutBuilder
{
    /// <summary>Rows of a shard, about: its columns then fit the cache of a core, and there are enough of them to spread.</summary>
    const int RowsPerShard = 256 * 1024;

    /// <summary>Rows below which one shard will do.</summary>
    const int RowsOfOneShard = 16 * 1024;

    /// <summary>Shards at most; what a row's shard is takes as many look-ups as there are.</summary>
    const int MaxShards = 1024;

    readonly ScanContext context;
    readonly RowSpace space;
    readonly ParallelOptions options;
    readonly int[][] personsOf;
    readonly long[][] timesOf;

    LayoutBuilder(ScanContext context, RowSpace space, CancellationToken cancellationToken)
    {
        (this.context, this.space) = (context, space);
        options = new() { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        personsOf = new int[space.Parts.Count][];
        timesOf = new long[space.Parts.Count][];
    }

    /// <summary>The layout of the context's parts.</summary>
    public static async Task<JourneyLayout> BuildAsync(string key, ScanContext context, CancellationToken cancellationToken)
    {
        var builder = new LayoutBuilder(context, new([.. context.Snapshot.Parts.Where(rows => rows.Live.Count > 0)]), cancellationToken);
        await builder.ReadAsync();
        return await builder.LayOutAsync(key);
    }

    Task ReadAsync() => Parallel.ForAsync(0, space.Parts.Count, options, async (index, cancellation) =>
    {
        var part = space.Parts[index].Part;
        var ids = await IdColumns.ReadAsync(context.Columns, part, context.Count, cancellation);
        personsOf[index] = (await context.Persons.ResolveAsync(ids, part, cancellation)).Codes;
        var times = await ProjectColumns.ReadAsync<Int64Column>(part, RowLayout.Time, context.Count, cancellation);
        timesOf[index] = times?.Values.ToArray() ?? throw new InvalidDataException($"{part.Key} lacks the column {RowLayout.Time}, which every event has");
    });

    async Task<JourneyLayout> LayOutAsync(string key)
    {
        var rowCount = space.Parts.Sum(rows => (long)rows.Live.Count);
        var ranks = PersonRanks.Of(context.Persons.Pool, space.Parts, personsOf, ShardCountFor(rowCount));
        // Those of nobody come last, as if they were one more shard.
        var shardCount = ranks.ShardCount + 1;
        var shares = new ShardShares(space.Parts.Count, shardCount);
        Parallel.For(0, space.Parts.Count, options, part => shares.Count(part, ShardOfRows(part, ranks)));
        shares.Allocate();
        Parallel.For(0, space.Parts.Count, options, part => shares.Scatter(part, space.FirstOf(part), ShardOfRows(part, ranks), personsOf[part]));
        var shards = new ShardRows[shardCount];
        var ties = new RowTies();
        Parallel.For(0, shardCount, options, shard => shards[shard] = LayOut(shares, shard, ranks, ties));
        await ties.SettleAsync(context, space, shards, options.CancellationToken);
        return new(key, space, shards[..^1], shards[^1].RowCount == 0 ? null : shards[^1]);
    }

    /// <summary>Each row's shard; -1 for rows that don't count.</summary>
    short[] ShardOfRows(int part, PersonRanks ranks)
    {
        var (live, persons) = (space.Parts[part].Live, personsOf[part]);
        var shards = new short[persons.Length];
        for (var row = 0; row < shards.Length; row++)
            shards[row] = !live.IsAll && !live[row] ? (short)-1 : persons[row] < 0 ? (short)ranks.ShardCount : ranks.ShardOf(persons[row]);
        return shards;
    }

    /// <summary>The second pass: the rows of one shard by person, then each person's by time.</summary>
    ShardRows LayOut(ShardShares shares, int shard, PersonRanks ranks, RowTies ties)
    {
        var isNobody = shard == ranks.ShardCount;
        var persons = isNobody ? [] : ranks.PersonsOf(shard);
        var (entryPersons, entryRows) = shares.Of(shard);
        var starts = new int[Math.Max(persons.Length, isNobody ? 1 : 0) + 1];
        foreach (var person in entryPersons) starts[(person < 0 ? 0 : ranks.PlaceOf(person)) + 1]++;
        for (var place = 0; place + 1 < starts.Length; place++) starts[place + 1] += starts[place];
        var times = new long[entryRows.Length];
        var sources = new int[entryRows.Length];
        var next = starts.AsSpan(0, starts.Length - 1).ToArray();
        for (var part = 0; part < space.Parts.Count; part++)
        {
            var (partTimes, first) = (timesOf[part], space.FirstOf(part));
            var (from, until) = shares.EntriesOf(part, shard);
            for (var entry = from; entry < until; entry++)
            {
                var at = next[entryPersons[entry] < 0 ? 0 : ranks.PlaceOf(entryPersons[entry])]++;
                sources[at] = entryRows[entry];
                times[at] = partTimes[entryRows[entry] - first];
            }
        }
        for (var place = 0; place + 1 < starts.Length; place++)
            PutInOrder(shard, times.AsSpan(starts[place]..starts[place + 1]), sources.AsSpan(starts[place]..starts[place + 1]), starts[place], ties);
        return new(persons, isNobody ? [0] : starts, times, sources);
    }

    static void PutInOrder(int shard, Span<long> times, Span<int> sources, int first, RowTies ties)
    {
        var (isSorted, hasTies) = (true, false);
        for (var i = 1; i < times.Length; i++)
        {
            isSorted &= times[i] >= times[i - 1];
            hasTies |= times[i] == times[i - 1];
        }
        if (!isSorted)
        {
            times.Sort(sources);
            hasTies = true;
        }
        if (!hasTies) return;
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
        return (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)wanted);
    }
}
