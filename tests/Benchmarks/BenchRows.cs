using System.Globalization;
using System.Text;
using System.Text.Json;
using Cairn.Model;
using Cairn.Storage;
using Cairn.Storage.Parquet;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;
using Cairn.Support;
using DoubleColumn = Cairn.Storage.Parquet.DoubleColumn;
using Int64Column = Cairn.Storage.Parquet.Int64Column;
using TextColumn = Cairn.Storage.Parquet.TextColumn;

namespace Cairn.Benchmarks;

/// <summary>The bench's events and profile updates as recent files, as a busy consumer of two partitions leaves them.</summary>
static class BenchRows
{
    const int RowsPerFile = 50_000, RowsPerMessage = 250, Partitions = 2;

    /// <summary>Items of one request: they share the random bits of their ids.</summary>
    const int ItemsPerRequest = 50;

    /// <summary>From when something happened to its receipt. The same for all: what was known at an event is what was set before it.</summary>
    const int ReceivedAfterMs = 1_000;

    /// <summary>Rows that are decoded at once.</summary>
    const int RowsPerGroup = 10 * RowsPerFile;

    /// <summary>Event properties by the names of their columns.</summary>
    static readonly (string Column, string Property)[] Texts = [("plan", "plan"), ("country", "country"), ("os", "$os"), ("utm_source", "utm_source"), ("page", "page")];

    public static async Task StoreAsync(IBlobStore blobs, int events)
    {
        await StoreAsync(blobs, ItemKind.Event, RowLayout.Events, await BenchEvents.FileAsync(events));
        await StoreAsync(blobs, ItemKind.ProfileUpdate, RowLayout.ProfileUpdates, await BenchEvents.UpdatesFileAsync(events));
    }

    static async Task StoreAsync(IBlobStore blobs, ItemKind kind, string name, string source)
    {
        using var scratch = new TemporaryFolder();
        // In an encoding that our reader knows.
        var readable = scratch["rows.parquet"];
        await Judge.DuckDb.RunAsync($"copy (select * replace (epoch_ms(time) as time) from '{source}') to '{readable}' (format parquet, compression snappy, row_group_size {RowsPerGroup})");
        var rows = ParquetReader.Open(readable, await File.ReadAllBytesAsync(readable));
        var (files, next) = (0, new long[Partitions]);
        for (var group = 0; group < rows.RowGroups.Count; group++)
        {
            var decoded = new Rows(rows, group);
            var work = new List<(int First, int Count, RecentFileName Name)>();
            for (var first = 0; first < decoded.Count; first += RowsPerFile)
            {
                var (count, partition) = (Math.Min(RowsPerFile, decoded.Count - first), files++ % Partitions);
                var end = next[partition] + (count + RowsPerMessage - 1) / RowsPerMessage;
                work.Add((first, count, new(OneProject.Bench.ProjectId, name, "bench", partition, next[partition], end - 1)));
                next[partition] = end;
            }
            await Parallel.ForEachAsync(work, async (file, cancellation) =>
            {
                var builder = new RecentRowsBuilder(kind);
                var ids = new Random(HashCode.Combine((int)kind, file.Name.Partition, (int)file.Name.FirstSeq));
                var (high, low) = (0L, 0L);
                for (var i = 0; i < file.Count; i++)
                {
                    if (i % ItemsPerRequest == 0) (high, low) = (ids.NextInt64(), ids.NextInt64());
                    var item = kind == ItemKind.Event ? decoded.EventAt(file.First + i) : decoded.UpdateAt(file.First + i);
                    builder.Add(item with { Id = new((ulong)high, (uint)low, i % ItemsPerRequest) }, file.Name.FirstSeq + i / RowsPerMessage, i % RowsPerMessage);
                }
                await RecentWriter.WriteAsync(blobs, file.Name, builder, cancellation);
            });
        }
    }

    /// <summary>Some rows, decoded.</summary>
    sealed class Rows
    {
        readonly Dictionary<string, (byte[][] Texts, int[] Codes)> texts = new(StringComparer.Ordinal);
        readonly Dictionary<(string Column, int Code), string> members = [];
        readonly long[] times;
        readonly DoubleColumn? revenue;

        public Rows(ParquetReader file, int group)
        {
            foreach (var leaf in file.Schema.Leaves)
            {
                if (file.Read(group, leaf.Index) is not TextColumn column) continue;
                var values = new byte[column.Texts.Count][];
                for (var code = 0; code < values.Length; code++) values[code] = column.Texts[code].ToArray();
                texts.Add(leaf.Column.Name, (values, column.Codes));
            }
            // As a body has them: name and value.
            foreach (var (column, property) in Texts)
                for (var code = 0; texts.TryGetValue(column, out var found) && code < found.Texts.Length; code++)
                    members.Add((column, code), $"\"{property}\":{JsonSerializer.Serialize(Encoding.UTF8.GetString(found.Texts[code]))},");
            times = ((Int64Column)file.Read(group, file.Schema.IndexOf("time"))).Values;
            revenue = file.Schema.Leaves.Any(leaf => leaf.Column.Name == "revenue") ? (DoubleColumn)file.Read(group, file.Schema.IndexOf("revenue")) : null;
        }

        public int Count => times.Length;

        public Item EventAt(int row)
        {
            var body = new StringBuilder("{");
            foreach (var (column, _) in Texts) body.Append(members[(column, texts[column].Codes[row])]);
            if (!revenue!.IsNull(row)) body.Append(CultureInfo.InvariantCulture, $"\"revenue\":{revenue.Values[row]},");
            body[^1] = '}';
            return ItemAt(row, ItemKind.Event, body.ToString()) with { Name = Text("event", row), InsertId = Text("insert_id", row) };
        }

        public Item UpdateAt(int row) => ItemAt(row, ItemKind.ProfileUpdate, $"{{\"set\":{{{members[("plan", texts["plan"].Codes[row])].TrimEnd(',')}}}}}");

        Item ItemAt(int row, ItemKind kind, string body) => new()
        {
            Kind = kind,
            Dialect = Dialect.Mixpanel,
            DistinctId = Text("distinct_id", row),
            ReceivedAtMs = times[row] + ReceivedAfterMs,
            TimeMs = times[row],
            SentTimeMs = times[row],
            Body = Encoding.UTF8.GetBytes(body),
        };

        byte[] Text(string column, int row) => texts[column].Texts[texts[column].Codes[row]];
    }
}
