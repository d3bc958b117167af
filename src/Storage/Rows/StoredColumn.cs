namespace Cairn.Storage.Rows;

/// <summary>What a column of rows holds, once decoded.</summary>
public enum StoredColumnType
{
    /// <summary>UTF-8 texts, as codes into a dictionary: <see cref="TextColumn"/>.</summary>
    Text,

    /// <summary>64-bit integers, smaller stored ones widened: <see cref="Int64Column"/>.</summary>
    Int64,

    /// <summary>Finite doubles: <see cref="DoubleColumn"/>.</summary>
    Double,

    /// <summary>true or false: <see cref="BooleanColumn"/>.</summary>
    Boolean,
}

/// <summary>A column's name, as in <see cref="RowLayout"/>, and type.</summary>
public readonly record struct StoredColumnInfo(string Name, StoredColumnType Type);

/// <summary>One column of one file, decoded; shared by all readers of the file, so never written to.</summary>
/// <remarks>A value a row, dead rows included. Each type says how it spells a null, so that kernels test no second array.</remarks>
public abstract class StoredColumn
{
    public abstract StoredColumnType Type { get; }

    public abstract int RowCount { get; }

    /// <summary>Bytes of memory it holds, for the cache's budget.</summary>
    public abstract long MemoryBytes { get; }
}

/// <summary>Texts as codes; <see cref="Null"/> where the row has none.</summary>
public sealed class TextColumn(int[] codes, TextDictionary dictionary) : StoredColumn
{
    /// <summary>The code of a row without a text.</summary>
    public const int Null = -1;

    public override StoredColumnType Type => StoredColumnType.Text;
    public override int RowCount => codes.Length;
    public override long MemoryBytes => 4L * codes.Length + dictionary.MemoryBytes;

    /// <summary>A row's entry in <see cref="Dictionary"/>, or <see cref="Null"/>.</summary>
    public ReadOnlySpan<int> Codes => codes;

    /// <summary>The same as memory, for those who keep it.</summary>
    public ReadOnlyMemory<int> Memory => codes;

    /// <summary>The file's distinct texts of this column; no text stands in it twice.</summary>
    public TextDictionary Dictionary => dictionary;

    /// <summary>A row's text; empty for a null as well: ask <see cref="Codes"/> to tell them apart.</summary>
    public ReadOnlySpan<byte> Utf8(int row) => codes[row] == Null ? default : dictionary[codes[row]];
}

/// <summary>Integers; <see cref="Null"/> where the row has none.</summary>
public sealed class Int64Column(long[] values) : StoredColumn
{
    /// <summary>Stands for a null; no stored value is this one.</summary>
    public const long Null = long.MinValue;

    public override StoredColumnType Type => StoredColumnType.Int64;
    public override int RowCount => values.Length;
    public override long MemoryBytes => 8L * values.Length;
    public ReadOnlySpan<long> Values => values;

    /// <summary>The same as memory, for those who keep it.</summary>
    public ReadOnlyMemory<long> Memory => values;
}

/// <summary>Finite doubles; NaN where the row has none.</summary>
public sealed class DoubleColumn(double[] values) : StoredColumn
{
    public override StoredColumnType Type => StoredColumnType.Double;
    public override int RowCount => values.Length;
    public override long MemoryBytes => 8L * values.Length;

    /// <summary>NaN is the null: no stored value is NaN or infinite.</summary>
    public ReadOnlySpan<double> Values => values;

    /// <summary>The same as memory, for those who keep it.</summary>
    public ReadOnlyMemory<double> Memory => values;
}

/// <summary>Booleans: 1 true, 0 false, <see cref="Null"/> where the row has none.</summary>
public sealed class BooleanColumn(sbyte[] values) : StoredColumn
{
    public const sbyte Null = -1;

    public override StoredColumnType Type => StoredColumnType.Boolean;
    public override int RowCount => values.Length;
    public override long MemoryBytes => values.Length;
    public ReadOnlySpan<sbyte> Values => values;

    /// <summary>The same as memory, for those who keep it.</summary>
    public ReadOnlyMemory<sbyte> Memory => values;
}
