using System.Buffers;
using Cairn.Storage.Parquet.Encodings;

namespace Cairn.Storage.Parquet.Reading;

/// <summary>Reads a chunk's levels page by page: which slots hold a value, and where nested ones belong.</summary>
sealed class SlotReader
{
    readonly ParquetLeaf leaf;
    readonly ulong[]? present;
    readonly byte[]? definition;
    readonly byte[]? repetition;
    int done;

    /// <param name="slotCount">Slots of all pages.</param>
    public SlotReader(ParquetLeaf leaf, int slotCount)
    {
        this.leaf = leaf;
        SlotCount = slotCount;
        if (leaf.MaxDefinition > 0) present = new ulong[Bits.WordsOf(slotCount)];
        if (leaf.IsFlat) return;
        definition = new byte[slotCount];
        repetition = new byte[slotCount];
    }

    public int SlotCount { get; }

    public int NullCount { get; private set; }

    /// <summary>The mask of all slots; null where none is null.</summary>
    public ulong[]? Present => NullCount == 0 ? null : present;

    public NestedLevels? Levels => definition is null ? null : new(definition, repetition!);

    /// <summary>Reads the levels of the next page.</summary>
    /// <returns>Its first slot, and how many of its slots hold a value.</returns>
    public (int Start, int PresentCount) Read(in PageBody page, int count)
    {
        var start = done;
        done += count;
        if (present is null) return (start, count);
        if (definition is null) RunLengthHybrid.DecodeBits(page.Definition, count, present, start);
        else ReadNested(in page, start, count);
        var presentCount = CountPresent(start, count);
        NullCount += count - presentCount;
        return (start, presentCount);
    }

    /// <summary>Moves the values that stand at the front of a page's slots to the slots that hold one, and clears the others.</summary>
    public void Spread<T>(Span<T> slots, int start, int presentCount, T absent)
    {
        if (presentCount == slots.Length) return;
        var from = presentCount;
        for (var slot = slots.Length - 1; slot >= 0; slot--)
            slots[slot] = Bits.Get(present, start + slot) ? slots[--from] : absent;
    }

    void ReadNested(in PageBody page, int start, int count)
    {
        ReadLevels(page.Definition, leaf.MaxDefinition, definition.AsSpan(start, count));
        ReadLevels(page.Repetition, leaf.MaxRepetition, repetition.AsSpan(start, count));
        for (var i = start; i < start + count; i++)
            if (definition![i] == leaf.MaxDefinition) Bits.Set(present, i);
    }

    static void ReadLevels(ReadOnlySpan<byte> from, int max, Span<byte> levels)
    {
        if (max == 0) return;
        var wide = ArrayPool<int>.Shared.Rent(levels.Length);
        try
        {
            RunLengthHybrid.Decode(from, BitPacking.WidthOf((ulong)max), wide.AsSpan(0, levels.Length));
            for (var i = 0; i < levels.Length; i++)
            {
                if (wide[i] > max) throw new EncodingException($"a level of at most {max}", $"{wide[i]}");
                levels[i] = (byte)wide[i];
            }
        }
        finally
        {
            ArrayPool<int>.Shared.Return(wide);
        }
    }

    int CountPresent(int start, int count)
    {
        // Whole words at once; a page of another writer may begin anywhere in one.
        var ones = 0;
        var end = start + count;
        for (; start < end && (start & 63) != 0; start++) ones += Bits.Get(present, start) ? 1 : 0;
        return start >= end ? ones : ones + Bits.Count(present.AsSpan(start >> 6), end - start);
    }
}
