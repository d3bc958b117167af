namespace Cairn.Storage.Recent;

/// <summary>Collects one column's values row by row. Rows without a value cost nothing, so that a rare property stays small.</summary>
/// <typeparam name="T">What is kept per value; a code for texts.</typeparam>
abstract class ColumnBuilder<T>(string name) : IColumnBuilder where T : struct
{
    int[] rows = [];
    T[] values = [];

    public string Name => name;

    /// <summary>Values held, at most one a row.</summary>
    public int Count { get; private set; }

    public abstract RecentColumnType Type { get; }

    protected ReadOnlySpan<int> Rows => rows.AsSpan(0, Count);
    protected ReadOnlySpan<T> Values => values.AsSpan(0, Count);

    /// <summary>Adds a row's value; rows ascend.</summary>
    public void Add(int row, T value)
    {
        if (Count == rows.Length)
        {
            var capacity = Math.Max(16, Count * 2);
            Array.Resize(ref rows, capacity);
            Array.Resize(ref values, capacity);
        }
        rows[Count] = row;
        values[Count++] = value;
    }

    public bool Drop(int row)
    {
        if (Count == 0 || rows[Count - 1] != row) return false;
        Count--;
        return true;
    }

    public abstract RecentColumn Build(int rowCount);

    protected T[] Spread(int rowCount, T absent)
    {
        var all = new T[rowCount];
        if (Count == rowCount)
        {
            Values.CopyTo(all);
            return all;
        }
        Array.Fill(all, absent);
        for (var i = 0; i < Count; i++) all[rows[i]] = values[i];
        return all;
    }
}

/// <summary>A column in the making.</summary>
interface IColumnBuilder
{
    string Name { get; }
    RecentColumnType Type { get; }
    int Count { get; }

    /// <summary>Takes back the last value where it belongs to <paramref name="row"/>.</summary>
    bool Drop(int row);

    /// <summary>The whole column, a value or a null for each of <paramref name="rowCount"/> rows.</summary>
    RecentColumn Build(int rowCount);
}

sealed class TextColumnBuilder(string name) : ColumnBuilder<int>(name)
{
    readonly TextDictionaryBuilder dictionary = new();

    public override RecentColumnType Type => RecentColumnType.Text;

    public void Add(int row, ReadOnlySpan<byte> utf8) => Add(row, dictionary.Intern(utf8));

    public override RecentColumn Build(int rowCount) => new TextColumn(Spread(rowCount, TextColumn.Null), dictionary.Build());
}

sealed class Int64ColumnBuilder(string name) : ColumnBuilder<long>(name)
{
    public override RecentColumnType Type => RecentColumnType.Int64;
    public override RecentColumn Build(int rowCount) => new Int64Column(Spread(rowCount, Int64Column.Null));
}

sealed class DoubleColumnBuilder(string name) : ColumnBuilder<double>(name)
{
    public override RecentColumnType Type => RecentColumnType.Double;
    public override RecentColumn Build(int rowCount) => new DoubleColumn(Spread(rowCount, double.NaN));
}

sealed class BooleanColumnBuilder(string name) : ColumnBuilder<sbyte>(name)
{
    public override RecentColumnType Type => RecentColumnType.Boolean;
    public override RecentColumn Build(int rowCount) => new BooleanColumn(Spread(rowCount, BooleanColumn.Null));
}
