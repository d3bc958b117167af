namespace Cairn.Query.Journeys;

/// <summary>The first pass of laying out: the rows of all parts by shard, those of one part together and in its order.</summary>
sealed class ShardShares(int partCount, int shardCount)
{
    /// <summary>Where the entries of a part in a shard begin; counts until <see cref="Allocate"/>. The last part's end is one more.</summary>
    readonly int[][] starts = [.. Enumerable.Range(0, shardCount).Select(_ => new int[partCount + 1])];
    readonly int[][] persons = new int[shardCount][];
    readonly int[][] rows = new int[shardCount][];

    /// <summary>Counts the rows of a part; parts may be counted side by side.</summary>
    /// <param name="shards">Each row's shard.</param>
    public void Count(int part, ReadOnlySpan<short> shards)
    {
        var counts = new int[shardCount];
        foreach (var shard in shards) counts[shard]++;
        for (var shard = 0; shard < shardCount; shard++) starts[shard][part + 1] = counts[shard];
    }

    /// <summary>Makes room, once all parts are counted.</summary>
    public void Allocate()
    {
        for (var shard = 0; shard < shardCount; shard++)
        {
            for (var part = 0; part < partCount; part++) starts[shard][part + 1] += starts[shard][part];
            persons[shard] = new int[starts[shard][partCount]];
            rows[shard] = new int[starts[shard][partCount]];
        }
    }

    /// <summary>Puts the rows of a part where they belong; parts may be put side by side.</summary>
    /// <param name="firstRow">The number of the part's row 0.</param>
    /// <param name="source">Its rows.</param>
    /// <param name="shards">Each row's shard.</param>
    public void Scatter(int part, int firstRow, SourceRows source, ReadOnlySpan<short> shards)
    {
        var next = new int[shardCount];
        for (var shard = 0; shard < shardCount; shard++) next[shard] = starts[shard][part];
        for (var i = 0; i < shards.Length; i++)
        {
            var at = next[shards[i]]++;
            persons[shards[i]][at] = source.Persons[i];
            rows[shards[i]][at] = firstRow + source.RowAt(i);
        }
    }

    /// <summary>All entries of a shard: whose each row is, and its number.</summary>
    public (int[] Persons, int[] Rows) Of(int shard) => (persons[shard], rows[shard]);

    /// <summary>Forgets a shard's entries.</summary>
    public void Drop(int shard) => persons[shard] = rows[shard] = [];

    /// <summary>Which of a shard's entries are of a part.</summary>
    public (int From, int Until) EntriesOf(int part, int shard) => (starts[shard][part], starts[shard][part + 1]);
}
