using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Cairn.Storage.Delta;

/// <summary>A file's row count, and the ranges of the columns its writer named.</summary>
/// <remarks>
/// A statistic outlives an erasure in caches and logs, so nothing stands here but what the writer asked for: never a text. Kept as the JSON of the log.
/// Source: delta-io/delta, PROTOCOL.md, "Per-file Statistics".
/// </remarks>
public sealed record DeltaStatistics
{
    const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    static readonly long FirstMs = DateTimeOffset.MinValue.ToUnixTimeMilliseconds(), LastMs = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    DeltaStatistics(string json, long? rowCount)
    {
        Json = json;
        RowCount = rowCount;
    }

    /// <summary>As the log holds them.</summary>
    public string Json { get; }

    /// <summary>Rows of the file; null where another writer left it out.</summary>
    public long? RowCount { get; }

    /// <summary>Statistics of a file.</summary>
    /// <exception cref="ArgumentException">A range's column is no timestamp, long or integer.</exception>
    public static DeltaStatistics Of(long rowCount, params ReadOnlySpan<DeltaRange> ranges)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("numRecords", rowCount);
            WriteBorders(json, "minValues", ranges, range => range.Min);
            WriteBorders(json, "maxValues", ranges, range => range.Max);
            json.WriteStartObject("nullCount");
            foreach (var range in ranges) json.WriteNumber(range.Column.PhysicalName, range.NullCount);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return new(Encoding.UTF8.GetString(buffer.WrittenSpan), rowCount);
    }

    /// <exception cref="FormatException">It is no JSON object, or a part of it is not what it should be.</exception>
    internal static DeltaStatistics Parse(string json)
    {
        try
        {
            using var parsed = JsonDocument.Parse(json);
            return new(json, parsed.RootElement.TryGetProperty("numRecords", out var rows) ? rows.GetInt64() : null);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            throw new FormatException("statistics are no JSON object", fault);
        }
    }

    /// <summary>Smallest and largest value of a column in this file; null where unknown.</summary>
    public DeltaRange? RangeOf(DeltaColumn column) => RangesOf(column)[0];

    /// <summary>The same of several columns, in their order.</summary>
    public DeltaRange?[] RangesOf(params ReadOnlySpan<DeltaColumn> columns)
    {
        using var parsed = JsonDocument.Parse(Json);
        var ranges = new DeltaRange?[columns.Length];
        for (var i = 0; i < ranges.Length; i++) ranges[i] = RangeOf(parsed.RootElement, columns[i]);
        return ranges;
    }

    static DeltaRange? RangeOf(JsonElement statistics, DeltaColumn column)
    {
        if (Border(statistics, "minValues", column) is not { } min || Border(statistics, "maxValues", column) is not { } max) return null;
        var nulls = statistics.TryGetProperty("nullCount", out var counts) && counts.TryGetProperty(column.PhysicalName, out var count) ? count.GetInt64() : 0;
        return new(column, min, max, nulls);
    }

    static void WriteBorders(Utf8JsonWriter json, string name, ReadOnlySpan<DeltaRange> ranges, Func<DeltaRange, long> border)
    {
        json.WriteStartObject(name);
        foreach (var range in ranges)
        {
            if (range.Column.Type is not (DeltaType.Timestamp or DeltaType.Long or DeltaType.Integer)) throw new ArgumentException($"no range is kept of {range.Column.Type} '{range.Column.Name}'", nameof(ranges));
            if (range.Min > range.Max) throw new ArgumentException($"'{range.Column.Name}' ranges from {range.Min} to {range.Max}", nameof(ranges));
            if (range.Column.Type != DeltaType.Timestamp) json.WriteNumber(range.Column.PhysicalName, border(range));
            // No engine can read a year past 9999 in a statistic; without one the file is just read.
            else if (range.Min >= FirstMs && range.Max <= LastMs) json.WriteString(range.Column.PhysicalName, DateTimeOffset.FromUnixTimeMilliseconds(border(range)).ToString(TimeFormat, CultureInfo.InvariantCulture));
        }
        json.WriteEndObject();
    }

    static long? Border(JsonElement statistics, string name, DeltaColumn column)
    {
        if (!statistics.TryGetProperty(name, out var borders) || !borders.TryGetProperty(column.PhysicalName, out var border)) return null;
        if (column.Type != DeltaType.Timestamp) return border.ValueKind == JsonValueKind.Number && border.TryGetInt64(out var number) ? number : null;
        return DateTimeOffset.TryParse(border.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time.ToUnixTimeMilliseconds() : null;
    }
}

/// <summary>Smallest and largest value of a column in a file, both included.</summary>
/// <param name="Column">A timestamp (then in Unix milliseconds), long or integer.</param>
/// <param name="NullCount">Rows without a value.</param>
public readonly record struct DeltaRange(DeltaColumn Column, long Min, long Max, long NullCount = 0);
