namespace Cairn.Storage.Parquet;

/// <summary>
/// One column chunk in memory. A flat column has a slot a row; a nested one has a slot for every entry of <see cref="Levels"/>. Slots
/// without a value hold the default (0, false, code -1).
/// </summary>
/// <remarks>The arrays belong to whoever asked for the column; nobody else keeps them.</remarks>
public abstract class DecodedColumn
{
    private protected DecodedColumn(int slotCount, int nullCount, ulong[]? present, NestedLevels? levels)
    {
        SlotCount = slotCount;
        NullCount = nullCount;
        Present = present;
        Levels = levels;
    }

    public int SlotCount { get; }

    /// <summary>Slots without a value.</summary>
    public int NullCount { get; }

    /// <summary>A 1 for each slot that holds a value (see <see cref="Bits"/>); null where all do.</summary>
    public ulong[]? Present { get; }

    /// <summary>Where slots of a nested column belong; null for a flat one.</summary>
    public NestedLevels? Levels { get; }

    /// <summary>Bytes of its arrays.</summary>
    public long MemoryBytes => OwnBytes + ((Present?.Length ?? 0) * 8L) + (Levels is null ? 0 : 2L * SlotCount);

    private protected abstract long OwnBytes { get; }

    public bool IsNull(int slot) => Present is not null && !Bits.Get(Present, slot);
}

/// <summary>Levels of a nested column, one each a slot.</summary>
/// <param name="Definition">How many of the path's optional or repeated fields are there.</param>
/// <param name="Repetition">0 where a row begins, else which repeated field of the path goes on.</param>
/// <remarks>Source: apache/parquet-format, README.md, "Nested Encoding".</remarks>
public sealed record NestedLevels(byte[] Definition, byte[] Repetition);

/// <summary>Texts: a code a slot, -1 for null, into the texts of this chunk.</summary>
public sealed class TextColumn : DecodedColumn
{
    readonly byte[] bytes;
    readonly int[] offsets;

    internal TextColumn(byte[] bytes, int[] offsets, int[] codes, int nullCount, ulong[]? present, NestedLevels? levels)
        : base(codes.Length, nullCount, present, levels)
    {
        this.bytes = bytes;
        this.offsets = offsets;
        Codes = codes;
    }

    /// <summary>What the codes mean; without repetition unless asked for as stored.</summary>
    public Utf8Values Texts => new(bytes, offsets);

    public int[] Codes { get; }

    /// <summary>The text of a slot; empty where it is null.</summary>
    public ReadOnlySpan<byte> this[int slot] => Codes[slot] < 0 ? [] : Texts[Codes[slot]];

    private protected override long OwnBytes => bytes.Length + (4L * (offsets.Length + Codes.Length));
}

/// <summary>64-bit whole numbers, or timestamps in the unit that the schema names.</summary>
public sealed class Int64Column : DecodedColumn
{
    internal Int64Column(long[] values, int nullCount, ulong[]? present, NestedLevels? levels)
        : base(values.Length, nullCount, present, levels) => Values = values;

    public long[] Values { get; }

    private protected override long OwnBytes => 8L * Values.Length;
}

/// <summary>32-bit whole numbers, or dates.</summary>
public sealed class Int32Column : DecodedColumn
{
    internal Int32Column(int[] values, int nullCount, ulong[]? present, NestedLevels? levels)
        : base(values.Length, nullCount, present, levels) => Values = values;

    public int[] Values { get; }

    private protected override long OwnBytes => 4L * Values.Length;
}

/// <summary>Doubles; also what a column of 32-bit floats is read as.</summary>
public sealed class DoubleColumn : DecodedColumn
{
    internal DoubleColumn(double[] values, int nullCount, ulong[]? present, NestedLevels? levels)
        : base(values.Length, nullCount, present, levels) => Values = values;

    public double[] Values { get; }

    private protected override long OwnBytes => 8L * Values.Length;
}

/// <summary>Booleans as bits.</summary>
public sealed class BooleanColumn : DecodedColumn
{
    internal BooleanColumn(int slotCount, ulong[] values, int nullCount, ulong[]? present, NestedLevels? levels)
        : base(slotCount, nullCount, present, levels) => Values = values;

    /// <summary>Bit i (see <see cref="Bits"/>) is slot i's value; 0 where it is null.</summary>
    public ulong[] Values { get; }

    public bool this[int slot] => Bits.Get(Values, slot);

    private protected override long OwnBytes => 8L * Values.Length;
}
