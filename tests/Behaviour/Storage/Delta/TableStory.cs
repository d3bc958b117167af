using System.Globalization;
using System.Text;
using Cairn.Storage;
using Cairn.Storage.Delta;
using Cairn.Storage.Parquet;
using Microsoft.Extensions.Time.Testing;

namespace Cairn.Behaviour.Storage.Delta;

/// <summary>A table with real data files, and the rows that it should hold, kept plainly beside it.</summary>
sealed class TableStory(IBlobStore blobs, FakeTimeProvider clock, int seed, DeltaTableOptions? options = null)
{
    public const string Root = "lake/3f/events";

    /// <summary>Names that a client may send and that engines stumble over.</summary>
    static readonly string[] Names =
        ["Plan Type ($;=)", "Plan", "plan", "PLAN", "Time", "month", "", "a.b", "a`b", "\"q\"", "päth", "日本", "💥 emoji", "x,y;{z}()\n\t=", "'single'", "back\\slash", " lead", "null", "col-1", "_empty"];

    static readonly DeltaType[] Types = [DeltaType.String, DeltaType.Double, DeltaType.Boolean, DeltaType.Timestamp, DeltaType.Long, DeltaType.Integer, DeltaType.Date];

    readonly Random random = new(seed);
    long lastId;
    int lastFile;

    public DeltaTable Table { get; } = new(blobs, Root, clock, options);

    public static DeltaSchema FirstSchema { get; } = DeltaSchema.Of(
        new("id", DeltaType.Long, Nullable: false), new("time", DeltaType.Timestamp, Nullable: false), new("month", DeltaType.String), new("hash", DeltaType.Long));

    /// <summary>The rows of each file by path: a value by field id, absent where null.</summary>
    public Dictionary<string, List<Dictionary<int, object>>> Rows { get; } = new(StringComparer.Ordinal);

    public Task<DeltaSnapshot> CreateAsync() => Table.CreateAsync(FirstSchema, ["month"], default);

    /// <summary>One random change: more rows, a new column, fewer files, or files merged.</summary>
    public async Task StepAsync()
    {
        clock.Advance(TimeSpan.FromSeconds(30));
        var basis = (await Table.ReadAsync(default))!;
        var kind = random.Next(10);
        var removed = kind < 7 || Rows.Count < 3 ? [] : Rows.Keys.Order(StringComparer.Ordinal).OrderBy(_ => random.Next()).Take(random.Next(1, 3)).ToArray();
        var metadata = kind is 1 or 2 or 9 ? basis.Metadata with { Schema = Grow(basis.Schema) } : null;
        var schema = (metadata ?? basis.Metadata).Schema;
        var adds = new List<(DeltaFile File, List<Dictionary<int, object>> Rows)>();
        if (kind is 8 or 9 && removed.Length > 0) adds.Add(await WriteAsync(schema, basis.Files[removed[0]].PartitionOf(schema.Find("month")!), [.. removed.Where(path => SameMonth(basis, path, removed[0])).SelectMany(path => Rows[path])]));
        else if (removed.Length == 0) adds.Add(await WriteAsync(schema, random.Next(12) == 0 ? null : $"2026-{random.Next(1, 4):00}", [.. Enumerable.Range(0, random.Next(1, 40)).Select(_ => RandomRow(schema))]));
        if (kind is 8 or 9) removed = [.. removed.Where(path => SameMonth(basis, path, removed[0]))];
        var outcome = await Table.CommitAsync(basis, new DeltaCommit
        {
            Operation = "WRITE",
            Adds = [.. adds.Select(add => add.File)],
            Removes = [.. removed],
            Places = removed.Length == 0 ? [new("stream-0", (basis.PlaceOf("stream-0") ?? 0) + random.Next(1, 100))] : [],
            Metadata = metadata,
            DataChange = removed.Length == 0 || kind == 7,
        }, default);
        if (outcome is not DeltaOutcome.Committed) throw new InvalidOperationException($"seed {seed}: {outcome}");
        foreach (var path in removed) Rows.Remove(path);
        foreach (var (file, rows) in adds) Rows.Add(file.Path, rows);
    }

    /// <summary>Writes a data file of these rows; it is in the table once a commit adds it.</summary>
    public async Task<(DeltaFile File, List<Dictionary<int, object>> Rows)> WriteAsync(DeltaSchema schema, string? month, List<Dictionary<int, object>> rows)
    {
        var path = $"month={month ?? "none"}/{++lastFile:D6}-{seed}.parquet";
        var columns = schema.Columns.Where(column => column.Name != "month").ToList();
        using var writer = new ParquetWriter(new ParquetSchema(columns.Select(column => column.InParquet())));
        writer.BeginRowGroup(rows.Count);
        for (var i = 0; i < columns.Count; i++) Write(writer, i, columns[i], rows);
        writer.EndRowGroup();
        var bytes = writer.Finish().ToArray();
        await blobs.PutAsync($"{Root}/{path}", bytes, PutCondition.IfAbsent, default);
        var (time, hash) = (schema.Find("time")!, schema.Find("hash")!);
        var statistics = DeltaStatistics.Of(rows.Count,
            new(time, rows.Min(row => (long)row[time.FieldId]), rows.Max(row => (long)row[time.FieldId])),
            new(hash, rows.Min(row => (long)row[hash.FieldId]), rows.Max(row => (long)row[hash.FieldId])));
        return (DeltaFile.Of(path, bytes.Length, clock.GetUtcNow(), statistics, (schema.Find("month")!, month)), rows);
    }

    public Dictionary<int, object> RandomRow(DeltaSchema schema)
    {
        var row = new Dictionary<int, object>();
        foreach (var column in schema.Columns)
        {
            if (column.Name == "month") continue;
            if (column.Name == "id") row[column.FieldId] = ++lastId;
            else if (column.Kind.Length == 0 || random.Next(3) > 0) row[column.FieldId] = RandomValue(column.Type);
        }
        return row;
    }

    DeltaSchema Grow(DeltaSchema schema) => schema.With(Names[random.Next(Names.Length)], Types[random.Next(Types.Length)], random.Next(4) == 0 ? "group" : "property");

    object RandomValue(DeltaType type) => type switch
    {
        DeltaType.String => new[] { "", "a", "Ünï 💥", "line\nbreak", "{\"a\":1}", $"{random.Next(50)}" }[random.Next(6)],
        DeltaType.Double => random.Next(4) == 0 ? random.Next(-9, 9) : (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-20, 20)),
        DeltaType.Boolean => random.Next(2) == 0,
        DeltaType.Timestamp => 1_750_000_000_000 + random.NextInt64(-1_000_000_000_000, 30_000_000_000),
        DeltaType.Long => random.Next(5) == 0 ? long.MinValue + 1 : random.NextInt64(),
        DeltaType.Integer => random.Next(int.MinValue, int.MaxValue),
        DeltaType.Date => random.Next(0, 30_000),
    };

    static bool SameMonth(DeltaSnapshot basis, string path, string other)
    {
        var month = basis.Schema.Find("month")!;
        return basis.Files[path].PartitionOf(month) == basis.Files[other].PartitionOf(month);
    }

    static void Write(ParquetWriter writer, int index, DeltaColumn column, List<Dictionary<int, object>> rows)
    {
        var at = Enumerable.Range(0, rows.Count).Where(row => rows[row].ContainsKey(column.FieldId)).ToArray();
        var values = at.Select(row => rows[row][column.FieldId]).ToArray();
        switch (column.Type)
        {
            case DeltaType.String:
                var texts = new Utf8Dictionary();
                var codes = values.Select(value => texts.CodeOf(Encoding.UTF8.GetBytes((string)value))).ToArray();
                writer.WriteText(index, texts.Values, codes, at);
                break;
            case DeltaType.Double: writer.WriteDouble(index, [.. values.Select(value => Convert.ToDouble(value, CultureInfo.InvariantCulture))], at); break;
            case DeltaType.Boolean: writer.WriteBoolean(index, [.. values.Cast<bool>()], at); break;
            case DeltaType.Timestamp or DeltaType.Long: writer.WriteInt64(index, [.. values.Cast<long>()], at); break;
            case DeltaType.Integer or DeltaType.Date: writer.WriteInt32(index, [.. values.Cast<int>()], at); break;
        }
    }
}
