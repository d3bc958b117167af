using System.Numerics;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Compaction;

/// <summary>Finds, among the duplicate keys of many rows, the high halves that more than one row has.</summary>
/// <remarks>An open hash table of the halves, which are hashes already; nearly every row is seen once and looked at once.</remarks>
sealed class RepeatedKeys
{
    /// <summary>0 is a free slot; the half 0 itself is kept aside.</summary>
    readonly long[] slots;
    readonly int shift;
    readonly HashSet<long> repeated = [];
    bool hasZero;

    /// <param name="rowCount">At most this many rows will be added.</param>
    public RepeatedKeys(int rowCount)
    {
        var bits = Math.Max(4, BitOperations.Log2((uint)Math.Max(1, rowCount)) + 2);
        slots = new long[1 << bits];
        shift = 64 - bits;
    }

    /// <summary>The halves that were added more than once.</summary>
    public IReadOnlySet<long> Repeated => repeated;

    /// <summary>Adds the high halves of a file's rows.</summary>
    /// <param name="highs">One for each row of the file.</param>
    /// <param name="rows">The rows that count.</param>
    public void Add(ReadOnlySpan<long> highs, RowSet rows)
    {
        var words = rows.Words;
        for (var word = 0; word < words.Length; word++)
            for (var bits = words[word]; bits != 0; bits &= bits - 1) Add(highs[(word << 6) + BitOperations.TrailingZeroCount(bits)]);
    }

    void Add(long high)
    {
        if (high == 0)
        {
            if (hasZero) repeated.Add(0);
            hasZero = true;
            return;
        }
        // The upper bits of a hash say where to look, as any of its bits would.
        var slot = (int)((ulong)high >> shift);
        while (slots[slot] != 0)
        {
            if (slots[slot] == high)
            {
                repeated.Add(high);
                return;
            }
            slot = slot + 1 == slots.Length ? 0 : slot + 1;
        }
        slots[slot] = high;
    }
}
