using System.Numerics;
using Cairn.Query.Scanning;
using Cairn.Storage.Lake;

namespace Cairn.Query.Journeys;

/// <summary>Which shard each person is in, and at which place: persons stand in the order of their ids' hashes.</summary>
sealed class PersonRanks
{
    readonly int[] placeOf;
    readonly short[] shardOf;
    readonly int[][] persons;

    PersonRanks(int[] placeOf, short[] shardOf, int[][] persons) => (this.placeOf, this.shardOf, this.persons) = (placeOf, shardOf, persons);

    public int ShardCount => persons.Length;

    /// <summary>Whether a person has rows.</summary>
    public bool Has(int person) => (uint)person < (uint)shardOf.Length && shardOf[person] >= 0;

    public short ShardOf(int person) => shardOf[person];

    /// <summary>A person's place within the shard.</summary>
    public int PlaceOf(int person) => placeOf[person];

    /// <summary>The persons of a shard, by place.</summary>
    public int[] PersonsOf(int shard) => persons[shard];

    /// <param name="pool">The persons' ids.</param>
    /// <param name="sources">Their rows say which persons there are.</param>
    /// <param name="shardCount">A power of two.</param>
    /// <param name="sharedBits">First bits of the hash that all persons have in common.</param>
    public static PersonRanks Of(TextPool pool, IReadOnlyList<SourceRows> sources, int shardCount, int sharedBits)
    {
        var isThere = new bool[pool.Count];
        foreach (var source in sources)
            foreach (var person in source.Persons)
                if (person >= 0) isThere[person] = true;
        var hashes = new ulong[isThere.Length];
        var codes = new int[isThere.Length];
        var count = 0;
        for (var code = 0; code < isThere.Length; code++)
        {
            if (!isThere[code]) continue;
            hashes[count] = PersonHash.Of(pool[code]);
            codes[count++] = code;
        }
        Array.Sort(hashes, codes, 0, count);
        SortEqualHashes(pool, hashes.AsSpan(0, count), codes.AsSpan(0, count));
        return Divide(hashes.AsSpan(0, count), codes, isThere.Length, shardCount, sharedBits);
    }

    static PersonRanks Divide(ReadOnlySpan<ulong> hashes, int[] codes, int poolCount, int shardCount, int sharedBits)
    {
        var (placeOf, shardOf, shards) = (new int[poolCount], new short[poolCount], new int[shardCount][]);
        Array.Fill(shardOf, (short)-1);
        // The first bits of the hash after those that all have in common; of one shard none.
        var shift = 64 - BitOperations.Log2((uint)shardCount);
        var at = 0;
        for (var shard = 0; shard < shardCount; shard++)
        {
            var first = at;
            while (at < hashes.Length && (shift == 64 || (int)(hashes[at] << sharedBits >> shift) == shard))
            {
                (placeOf[codes[at]], shardOf[codes[at]]) = (at - first, (short)shard);
                at++;
            }
            shards[shard] = codes[first..at];
        }
        return new(placeOf, shardOf, shards);
    }

    /// <summary>Two ids in a million million share a hash; even they get an order of their own.</summary>
    static void SortEqualHashes(TextPool pool, ReadOnlySpan<ulong> hashes, Span<int> codes)
    {
        for (var i = 0; i < hashes.Length;)
        {
            var end = i + 1;
            while (end < hashes.Length && hashes[end] == hashes[i]) end++;
            if (end - i > 1) codes[i..end].Sort((x, y) => string.CompareOrdinal(pool[x], pool[y]));
            i = end;
        }
    }
}
