using Cairn.Storage.Parquet;
using Cairn.Support;

namespace Cairn.Benchmarks.Parquet;

/// <summary>One month of the bench events in memory, a code or a number a row, sorted as the lake sorts: hash of person, person, time.</summary>
sealed class EventColumns
{
    readonly ParquetSchema schema;
    readonly Dictionary<string, (byte[] Bytes, int[] Offsets, int[] Codes)> texts = [];
    readonly Dictionary<string, long[]> numbers = [];
    double[] revenue = [];
    ulong[] hasRevenue = [];

    /// <summary>The columns whose bytes do not count, for every store has them: ids as sent, and when it was received.</summary>
    public static readonly string[] Ids = ["distinct_id", "received_at", "item_id", "insert_id"];

    public static readonly ParquetSchema Schema = new(
    [
        ParquetColumn.Text("event", nullable: false, fieldId: 1),
        ParquetColumn.Text("person", nullable: false, fieldId: 2),
        ParquetColumn.Timestamp("time", nullable: false, fieldId: 3, keepsRange: true),
        ParquetColumn.Text("distinct_id", nullable: false, fieldId: 4),
        ParquetColumn.Timestamp("received_at", nullable: false, fieldId: 5, keepsRange: true),
        ParquetColumn.Text("item_id", nullable: false, fieldId: 6),
        ParquetColumn.Text("insert_id", fieldId: 7),
        ParquetColumn.Text("plan", fieldId: 8),
        ParquetColumn.Text("country", fieldId: 9),
        ParquetColumn.Text("os", fieldId: 10),
        ParquetColumn.Text("utm_source", fieldId: 11),
        ParquetColumn.Double("revenue", fieldId: 12),
        ParquetColumn.Text("page", fieldId: 13),
    ]);

    EventColumns(ParquetSchema schema) => this.schema = schema;

    public int RowCount { get; private init; }

    public static async Task<Bench> LoadAsync(int events)
    {
        var source = await BenchEvents.FileAsync(events);
        using var folder = new TemporaryFolder();
        var months = new List<EventColumns>();
        // Item ids as the door makes them: random per request of 50 events, then the index.
        const string Columns = """
            event, distinct_id as person, epoch_ms(time) as time, distinct_id, epoch_ms(time) + 800 + (hash(insert_id) % 4000)::bigint as received_at,
            substr(to_base64(md5((hash(distinct_id, time::date) % 100000000)::varchar)::blob), 1, 16) || '.' || (hash(insert_id) % 50) as item_id,
            insert_id, plan, country, os, utm_source, revenue, page
            """;
        string[] wanted = ["2026-01-01", "2026-02-01", "2026-03-01"];
        await Judge.DuckDb.RunAsync([.. wanted.Select((month, i) => $"copy (select {Columns} from '{source}' where date_trunc('month', time) = '{month}' order by hash(distinct_id), distinct_id, time) to '{folder[$"{i}.parquet"]}' (format parquet, compression snappy, row_group_size 8000000)")]);
        for (var i = 0; i < wanted.Length; i++) months.Add(Load(ParquetReader.Open(wanted[i], await File.ReadAllBytesAsync(folder[$"{i}.parquet"])), Schema));
        return new Bench(months);
    }

    public void WriteRowGroup(ParquetWriter writer, int start, int count)
    {
        writer.BeginRowGroup(count);
        foreach (var leaf in schema.Leaves)
        {
            if (texts.TryGetValue(leaf.Column.Name, out var text))
            {
                // What hardly repeats comes as a list, as the consumer has it.
                if (text.Codes.Length == 0) writer.WriteText(leaf.Index, new Utf8Values(text.Bytes, text.Offsets.AsSpan(start, count + 1)));
                else writer.WriteText(leaf.Index, new Utf8Values(text.Bytes, text.Offsets), text.Codes.AsSpan(start, count));
            }
            else if (numbers.TryGetValue(leaf.Column.Name, out var values))
            {
                writer.WriteInt64(leaf.Index, values.AsSpan(start, count));
            }
            else
            {
                writer.WriteDouble(leaf.Index, revenue.AsSpan(start, count), hasRevenue.AsSpan(start >> 6));
            }
        }
        writer.EndRowGroup();
    }

    /// <summary>Reads a file of one row group that has a schema's columns.</summary>
    public static EventColumns Load(ParquetReader file, ParquetSchema schema)
    {
        var month = new EventColumns(schema) { RowCount = (int)file.RowCount };
        if (file.RowGroups.Count != 1) throw new InvalidOperationException($"{file.Name} has {file.RowGroups.Count} row groups, one was asked for");
        foreach (var leaf in schema.Leaves)
        {
            var name = leaf.Column.Name;
            var isUnique = name is "item_id" or "insert_id";
            switch (file.Read(0, file.Schema.IndexOf(name), distinct: !isUnique))
            {
                case TextColumn text: month.texts[name] = (text.Texts.Bytes.ToArray(), text.Texts.Offsets.ToArray(), isUnique ? [] : text.Codes); break;
                case Int64Column number: month.numbers[name] = number.Values; break;
                case DoubleColumn number: (month.revenue, month.hasRevenue) = (number.Values, number.Present!); break;
                default: throw new InvalidOperationException($"{name} is no column of the bench");
            }
        }
        return month;
    }

    /// <summary>All months.</summary>
    public sealed record Bench(IReadOnlyList<EventColumns> Months);
}
