using System.Text;
using Cairn.Storage.Parquet;

namespace Cairn.Behaviour.Storage.Parquet;

/// <summary>Random flat columns of every type and shape we write, and the rows they hold as plain objects.</summary>
sealed class RandomColumns
{
    readonly Random random;

    public RandomColumns(int seed)
    {
        random = new Random(seed);
        Seed = seed;
    }

    public int Seed { get; }

    public static ParquetSchema Schema { get; } = new(
    [
        ParquetColumn.Text("event", nullable: false, fieldId: 1),
        ParquetColumn.Text("plan ($;=)", fieldId: 2),
        ParquetColumn.Json("items"),
        ParquetColumn.Text("id", nullable: false),
        ParquetColumn.Text("rare_id"),
        ParquetColumn.Timestamp("time", nullable: false, keepsRange: true),
        ParquetColumn.Int64("hash"),
        ParquetColumn.Int32("index", keepsRange: true),
        ParquetColumn.Double("price", keepsRange: true),
        ParquetColumn.Double("noise", nullable: false),
        ParquetColumn.Boolean("paid"),
        ParquetColumn.Boolean("new", nullable: false),
        ParquetColumn.Text("never"),
    ]);

    /// <summary>Rows, one array a column: string, long, int, double, bool or null.</summary>
    public object?[][] Columns(int rows)
    {
        var columns = new object?[Schema.Leaves.Count][];
        var nullShare = random.Next(4) switch { 0 => 0.0, 1 => 1.0, _ => random.NextDouble() };
        for (var c = 0; c < columns.Length; c++)
        {
            var leaf = Schema.Leaves[c].Column;
            columns[c] = new object?[rows];
            object? previous = null;
            for (var r = 0; r < rows; r++)
            {
                // Runs of equal values, as sorted events have them.
                var value = r > 0 && random.Next(3) == 0 ? previous : leaf.Nullable && random.NextDouble() < nullShare ? null : Value(leaf.Name, previous);
                columns[c][r] = previous = leaf.Name == "never" ? null : value ?? (leaf.Nullable ? null : Value(leaf.Name, previous));
            }
        }
        return columns;
    }

    object Value(string column, object? previous) => column switch
    {
        "event" => $"Event {random.Next(1 + random.Next(40))}",
        "plan ($;=)" => ((string[])["free", "", "größer", "a\0b"])[random.Next(4)],
        "items" => $"[{random.Next(100)},\"{new string('x', random.Next(200))}\"]",
        "id" or "rare_id" => $"{random.NextInt64():x16}.{random.Next(10)}",
        "time" => (previous as long? ?? 1_700_000_000_000) + random.Next(-1000, 100_000),
        "hash" => random.Next(50) == 0 ? random.Next(2) == 0 ? long.MinValue : long.MaxValue : random.NextInt64(long.MinValue, long.MaxValue),
        "index" => random.Next(20) == 0 ? random.Next(2) == 0 ? int.MinValue : int.MaxValue : random.Next(100),
        "price" => random.Next(40) switch { 0 => 0.0, 1 => -0.0, 2 => double.MaxValue, _ => Math.Round(random.NextDouble() * 20, 1) },
        "noise" => random.Next(60) switch { 0 => double.PositiveInfinity, 1 => double.NegativeInfinity, 2 => double.Epsilon, _ => random.NextDouble() },
        "paid" or "new" => random.Next(1 + random.Next(4)) == 0,
        _ => "",
    };

    /// <summary>Writes a row group, taking one of the ways a caller may give nulls for each column.</summary>
    public void Write(ParquetWriter writer, object?[][] columns)
    {
        var rows = columns[0].Length;
        writer.BeginRowGroup(rows);
        for (var c = 0; c < columns.Length; c++)
        {
            var column = writer.Schema.Leaves[c].Column;
            if (column.Name == "never") continue;
            switch (column.Type)
            {
                case PhysicalType.ByteArray: WriteTexts(writer, c, columns[c]); break;
                case PhysicalType.Int64: WriteNumbers(c, columns[c], 0L, writer.WriteInt64, writer.WriteInt64, writer.WriteInt64); break;
                case PhysicalType.Int32: WriteNumbers(c, columns[c], 0, writer.WriteInt32, writer.WriteInt32, writer.WriteInt32); break;
                case PhysicalType.Double: WriteNumbers(c, columns[c], 0d, writer.WriteDouble, writer.WriteDouble, writer.WriteDouble); break;
                case PhysicalType.Boolean: WriteNumbers(c, columns[c], false, writer.WriteBoolean, writer.WriteBoolean, writer.WriteBoolean); break;
                default: throw new InvalidOperationException($"{column.Type} is not written");
            }
        }
        writer.EndRowGroup();
    }

    void WriteTexts(ParquetWriter writer, int c, object?[] values)
    {
        var isSparse = random.Next(2) == 0;
        if (writer.Schema.Leaves[c].Column.Name is "id" or "rare_id")
        {
            var (bytes, offsets, present) = Joined(values);
            var texts = new Utf8Values(bytes, offsets);
            if (present.Length == values.Length && !isSparse) writer.WriteText(c, texts);
            else writer.WriteDistinctText(c, texts, present);
            return;
        }
        var dictionary = new Utf8Dictionary();
        dictionary.CodeOf("a text that no row uses"u8);
        var codes = values.Select(value => value is string text ? dictionary.CodeOf(Encoding.UTF8.GetBytes(text)) : -1).ToArray();
        if (isSparse) writer.WriteText(c, dictionary.Values, codes.Where(code => code >= 0).ToArray(), RowsOf(values));
        else writer.WriteText(c, dictionary.Values, codes);
    }

    delegate void Whole<T>(int column, ReadOnlySpan<T> values);

    delegate void Masked<T>(int column, ReadOnlySpan<T> values, ReadOnlySpan<ulong> present);

    delegate void Sparse<T>(int column, ReadOnlySpan<T> values, ReadOnlySpan<int> rows);

    void WriteNumbers<T>(int c, object?[] values, T absent, Whole<T> whole, Masked<T> masked, Sparse<T> sparse)
        where T : struct
    {
        var rows = RowsOf(values);
        var choice = random.Next(3);
        if (choice == 0)
        {
            sparse(c, values.OfType<T>().ToArray(), rows);
        }
        else if (choice == 1 && rows.Length == values.Length)
        {
            whole(c, values.OfType<T>().ToArray());
        }
        else
        {
            // Bits behind the last row and values under a 0 may be anything.
            var mask = Enumerable.Repeat(ulong.MaxValue, Bits.WordsOf(values.Length)).ToArray();
            for (var r = 0; r < values.Length; r++)
                if (values[r] is null) mask[r >> 6] &= ~(1UL << r);
            masked(c, values.Select(value => value is T number ? number : absent).ToArray(), mask);
        }
    }

    static int[] RowsOf(object?[] values) => [.. Enumerable.Range(0, values.Length).Where(row => values[row] is not null)];

    static (byte[] Bytes, int[] Offsets, int[] Rows) Joined(object?[] values)
    {
        var bytes = new List<byte>();
        var offsets = new List<int> { 0 };
        foreach (var value in values.OfType<string>())
        {
            bytes.AddRange(Encoding.UTF8.GetBytes(value));
            offsets.Add(bytes.Count);
        }
        return ([.. bytes], [.. offsets], RowsOf(values));
    }
}
