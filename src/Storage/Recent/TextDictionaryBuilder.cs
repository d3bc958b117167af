using System.IO.Hashing;
using System.Numerics;
using System.Text;
using System.Text.Unicode;

namespace Cairn.Storage.Recent;

/// <summary>Numbers distinct UTF-8 texts as they come, without a string for any of them.</summary>
/// <remarks>Bytes that are no UTF-8 become U+FFFD when a text is first seen, so that every stored text is one that any reader takes.</remarks>
public sealed class TextDictionaryBuilder
{
    /// <summary>Slots are code + 1; 0 is free. Their number is a power of two, at most three quarters taken.</summary>
    int[] slots = new int[16];
    uint[] hashes = new uint[12];
    int[] offsets = new int[13];
    byte[] bytes = new byte[256];

    public int Count { get; private set; }

    /// <summary>A text by its code; the slice is valid until the next <see cref="Intern"/>.</summary>
    public ReadOnlySpan<byte> this[int code] => bytes.AsSpan(offsets[code], offsets[code + 1] - offsets[code]);

    /// <summary>Bytes of all texts together.</summary>
    public int TextBytes => offsets[Count];

    /// <summary>The code of a text, new where it is.</summary>
    public int Intern(ReadOnlySpan<byte> utf8)
    {
        var hash = Hash(utf8);
        var slot = hash & (uint)(slots.Length - 1);
        while (slots[slot] != 0)
        {
            var code = slots[slot] - 1;
            if (hashes[code] == hash && this[code].SequenceEqual(utf8)) return code;
            slot = slot + 1 & (uint)(slots.Length - 1);
        }
        return Utf8.IsValid(utf8) ? Add(utf8, hash, slot) : Intern(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(utf8)));
    }

    /// <summary>The finished dictionary; the builder may go on.</summary>
    public TextDictionary Build() => Count == 0 ? TextDictionary.Empty : new(bytes.AsSpan(0, TextBytes).ToArray(), offsets.AsSpan(0, Count + 1).ToArray());

    int Add(ReadOnlySpan<byte> utf8, uint hash, uint slot)
    {
        if (Count == hashes.Length)
        {
            GrowSlots();
            slot = FreeSlot(hash);
        }
        var end = TextBytes + utf8.Length;
        if (end > bytes.Length) Array.Resize(ref bytes, (int)BitOperations.RoundUpToPowerOf2((uint)end));
        utf8.CopyTo(bytes.AsSpan(TextBytes));
        hashes[Count] = hash;
        slots[slot] = Count + 1;
        offsets[++Count] = end;
        return Count - 1;
    }

    void GrowSlots()
    {
        slots = new int[slots.Length * 2];
        Array.Resize(ref hashes, slots.Length / 4 * 3);
        Array.Resize(ref offsets, hashes.Length + 1);
        for (var code = 0; code < Count; code++) slots[FreeSlot(hashes[code])] = code + 1;
    }

    uint FreeSlot(uint hash)
    {
        var slot = hash & (uint)(slots.Length - 1);
        while (slots[slot] != 0) slot = slot + 1 & (uint)(slots.Length - 1);
        return slot;
    }

    static uint Hash(ReadOnlySpan<byte> utf8) => (uint)XxHash3.HashToUInt64(utf8);
}
