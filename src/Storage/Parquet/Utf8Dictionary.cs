using System.IO.Hashing;
using System.Numerics;
using System.Security.Cryptography;

namespace Cairn.Storage.Parquet;

/// <summary>Distinct texts, numbered from 0 in the order they were first seen; what a text column is built with.</summary>
/// <remarks>No allocation per text. Hashes are seeded per process, so that nobody can choose texts that collide. Not thread-safe.</remarks>
public sealed class Utf8Dictionary
{
    /// <summary>Slots of an empty table; a power of two.</summary>
    const int InitialSlots = 16;

    static readonly long Seed = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(8));

    /// <summary>Code + 1 of the text that hashes here, 0 where none does; linear probing, at most half full.</summary>
    int[] slots = new int[InitialSlots];
    uint[] hashes = new uint[InitialSlots / 2];
    int[] offsets = new int[InitialSlots / 2 + 1];
    byte[] bytes = [];

    public int Count { get; private set; }

    /// <summary>The distinct texts by code; valid until the next text is added.</summary>
    public Utf8Values Values => new(bytes, offsets.AsSpan(0, Count + 1));

    /// <summary>The code of a text, which is added where it is new.</summary>
    /// <exception cref="OverflowException">All texts together pass 2 GiB.</exception>
    public int CodeOf(ReadOnlySpan<byte> text)
    {
        var hash = HashOf(text);
        var slot = FindSlot(text, hash);
        if (slots[slot] != 0) return slots[slot] - 1;
        return Add(text, hash, slot);
    }

    /// <summary>The code of a text, -1 where it was never added.</summary>
    public int Find(ReadOnlySpan<byte> text) => slots[FindSlot(text, HashOf(text))] - 1;

    /// <summary>Forgets all texts and keeps the memory.</summary>
    public void Clear()
    {
        Array.Clear(slots);
        Count = 0;
    }

    static uint HashOf(ReadOnlySpan<byte> text) => (uint)XxHash3.HashToUInt64(text, Seed);

    int FindSlot(ReadOnlySpan<byte> text, uint hash)
    {
        var mask = slots.Length - 1;
        for (var slot = (int)(hash & (uint)mask); ; slot = (slot + 1) & mask)
        {
            var code = slots[slot] - 1;
            if (code < 0) return slot;
            if (hashes[code] == hash && bytes.AsSpan(offsets[code]..offsets[code + 1]).SequenceEqual(text)) return slot;
        }
    }

    int Add(ReadOnlySpan<byte> text, uint hash, int slot)
    {
        var start = offsets[Count];
        var end = checked(start + text.Length);
        if (end > bytes.Length) Array.Resize(ref bytes, (int)Math.Min(Array.MaxLength, BitOperations.RoundUpToPowerOf2((uint)Math.Max(end, 256))));
        text.CopyTo(bytes.AsSpan(start));
        hashes[Count] = hash;
        offsets[++Count] = end;
        slots[slot] = Count;
        if (Count * 2 > slots.Length - 2) Grow();
        return Count - 1;
    }

    void Grow()
    {
        var mask = (slots.Length * 2) - 1;
        slots = new int[mask + 1];
        Array.Resize(ref hashes, slots.Length / 2);
        Array.Resize(ref offsets, (slots.Length / 2) + 1);
        for (var code = 0; code < Count; code++)
        {
            var slot = (int)(hashes[code] & (uint)mask);
            while (slots[slot] != 0) slot = (slot + 1) & mask;
            slots[slot] = code + 1;
        }
    }
}
