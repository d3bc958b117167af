using System.Numerics;

namespace Cairn.Storage.Lake.Writing;

/// <summary>Puts rows into the order of files: by partition, by person, by time, and where these are equal by what the caller says.</summary>
static class RowSorter
{
    /// <param name="partitions">Each row's partition, from 0.</param>
    /// <param name="starts">Each partition's first instant, Unix milliseconds.</param>
    /// <param name="ranks">Each row's person, numbered in the order of files.</param>
    /// <param name="times">Each row's time, Unix milliseconds.</param>
    /// <param name="ties">Orders two rows that are equal in all of these.</param>
    /// <returns>The rows in their order.</returns>
    public static int[] Sort(ReadOnlySpan<int> partitions, ReadOnlySpan<long> starts, ReadOnlySpan<int> ranks, int rankCount, ReadOnlySpan<long> times, Comparison<int> ties)
    {
        var rows = new int[times.Length];
        for (var row = 0; row < rows.Length; row++) rows[row] = row;
        var keys = KeysOf(partitions, starts, ranks, rankCount, times);
        if (keys is null)
        {
            var (all, whose, when) = (partitions.ToArray(), ranks.ToArray(), times.ToArray());
            Array.Sort(rows, (left, right) =>
            {
                var order = all[left].CompareTo(all[right]);
                if (order == 0) order = whose[left].CompareTo(whose[right]);
                if (order == 0) order = when[left].CompareTo(when[right]);
                return order == 0 ? ties(left, right) : order;
            });
            return rows;
        }
        Array.Sort(keys, rows);
        var tieOrder = Comparer<int>.Create(ties);
        for (var start = 0; start < rows.Length;)
        {
            var end = start + 1;
            while (end < rows.Length && keys[end] == keys[start]) end++;
            if (end - start > 1) Array.Sort(rows, start, end - start, tieOrder);
            start = end;
        }
        return rows;
    }

    /// <summary>
    /// All three in one number a row, which is far faster to sort by: a month has less than 2^32 milliseconds, so partitions and persons have the
    /// other 32 bits. Null where that is not enough.
    /// </summary>
    static ulong[]? KeysOf(ReadOnlySpan<int> partitions, ReadOnlySpan<long> starts, ReadOnlySpan<int> ranks, int rankCount, ReadOnlySpan<long> times)
    {
        var rankBits = BitOperations.Log2((uint)Math.Max(1, rankCount)) + 1;
        if (rankBits + BitOperations.Log2((uint)Math.Max(1, starts.Length)) + 1 > 32) return null;
        var keys = new ulong[times.Length];
        for (var row = 0; row < keys.Length; row++)
        {
            var sinceStart = (ulong)(times[row] - starts[partitions[row]]);
            if (sinceStart > uint.MaxValue) return null;
            keys[row] = ((ulong)(uint)partitions[row] << rankBits | (uint)ranks[row]) << 32 | sinceStart;
        }
        return keys;
    }
}
