using Cairn.Query.Turns;

namespace Cairn.Query.Segmentation;

/// <summary>A number for each pair of two others, none of them negative: for instance the last person of each cell and value.</summary>
/// <remarks>Open addressing in two arrays, half full at most: no allocation but when it grows.</remarks>
sealed class PairTable(ReportMemory memory)
{
    /// <summary>What a pair has that was not met before.</summary>
    public const int New = -1;

    const int BytesOfSlot = sizeof(ulong) + sizeof(int);

    // A pair as one number and one more: 0 is an empty slot.
    ulong[] keys = [];
    int[] numbers = [];
    int count;

    /// <summary>The place of a pair's number, good until the next call.</summary>
    public ref int At(int first, int second)
    {
        if (2 * (count + 1) > keys.Length) Grow();
        var key = KeyOf(first, second);
        var slot = SlotOf(key);
        if (keys[slot] == 0)
        {
            keys[slot] = key;
            numbers[slot] = New;
            count++;
        }
        return ref numbers[slot];
    }

    /// <summary>Every pair, in no order that means anything.</summary>
    public IEnumerable<(int First, int Second)> Pairs
    {
        get
        {
            foreach (var key in keys)
                if (key != 0) yield return ((int)((key - 1) >> 32), (int)(uint)(key - 1));
        }
    }

    static ulong KeyOf(int first, int second) => ((ulong)(uint)first << 32 | (uint)second) + 1;

    int SlotOf(ulong key)
    {
        // Fibonacci hashing: the upper bits of a product with 2^64 over the golden ratio.
        var slot = (int)((key * 0x9E3779B97F4A7C15) >> 33) & (keys.Length - 1);
        while (keys[slot] != 0 && keys[slot] != key) slot = (slot + 1) & (keys.Length - 1);
        return slot;
    }

    void Grow()
    {
        var (oldKeys, oldNumbers) = (keys, numbers);
        var capacity = Math.Max(64, 2 * keys.Length);
        memory.Take((long)(capacity - oldKeys.Length) * BytesOfSlot, "measure", "different values of each bucket are too many; ask for longer buckets, fewer breakdown values or a stricter filter");
        (keys, numbers) = (new ulong[capacity], new int[capacity]);
        for (var i = 0; i < oldKeys.Length; i++)
        {
            if (oldKeys[i] == 0) continue;
            var slot = SlotOf(oldKeys[i]);
            (keys[slot], numbers[slot]) = (oldKeys[i], oldNumbers[i]);
        }
    }
}
