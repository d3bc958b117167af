using System.Globalization;
using System.Text.Json;
using Cairn.Api.Answers;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Retention;
using NodaTime;

namespace Cairn.Api.V1.Retention;

/// <summary>A retention answer as our own API gives it.</summary>
/// <remarks>Fields: docs/semantics/retention.md, "The answer".</remarks>
static class RetentionText
{
    public static void Write(Utf8JsonWriter json, RetentionDefinition definition, RetentionAnswer answer)
    {
        json.WriteStartObject();
        json.WriteStartArray("buckets");
        foreach (var bucket in definition.Buckets)
        {
            json.WriteStartObject();
            json.WriteNumber("from", bucket.From);
            json.WriteNumber("until", bucket.Until);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("overall");
        foreach (var series in answer.Overall) Write(json, definition, series);
        json.WriteEndArray();
        json.WriteStartArray("series");
        foreach (var series in answer.Series) Write(json, definition, series);
        json.WriteEndArray();
        json.WriteNumber("series_before_limit", answer.SeriesBeforeLimit);
        CoverageJson.Write(json, answer.Coverage);
        json.WriteEndObject();
    }

    /// <summary>A line for each row of each series: its name, its size, and a count (and a sum) for each bucket.</summary>
    public static string Csv(RetentionDefinition definition, RetentionAnswer answer)
    {
        var csv = new Csv();
        var buckets = definition.Buckets.Select(bucket => bucket.Until == bucket.From + 1 ? Number(bucket.From) : $"{bucket.From}-{bucket.Until - 1}").ToArray();
        IEnumerable<string> header = ["compared", .. definition.Breakdowns.Select((_, index) => $"key {index + 1}"), "row", "size", .. buckets, "complete"];
        csv.Row(definition.SumOf is null ? header : header.Concat(buckets.Select(bucket => $"sum {bucket}")));
        foreach (var series in answer.Overall.Concat(answer.Series))
            foreach (var row in series.Rows)
                csv.Row([
                    definition.Compared.Count == 0 ? "" : definition.Compared[series.ComparedIndex].Label,
                    .. definition.Breakdowns.Select((_, index) => index < series.Keys.Count ? series.Keys[index] : ""),
                    Day(row.Start), Number(row.Size), .. row.Counts.Select(Number), Number(row.Complete), .. row.Sums?.Select(ValueText.Number) ?? [],
                ]);
        return csv.ToString();
    }

    static void Write(Utf8JsonWriter json, RetentionDefinition definition, RetentionSeries series)
    {
        json.WriteStartObject();
        if (definition.Compared.Count > 0) json.WriteString("compared", definition.Compared[series.ComparedIndex].Label);
        json.WriteStartArray("keys");
        foreach (var key in series.Keys) json.WriteStringValue(key);
        json.WriteEndArray();
        json.WriteStartArray("rows");
        foreach (var row in series.Rows) Write(json, row);
        json.WriteEndArray();
        json.WriteStartArray("average");
        foreach (var bucket in series.Average)
        {
            json.WriteStartObject();
            Write(json, "size", bucket.Size);
            Write(json, "count", bucket.Count);
            Write(json, "rate", bucket.Rate);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartObject("together");
        json.WriteNumber("size", series.Together.Size);
        Write(json, "sizes", series.Together.Sizes);
        Write(json, "counts", series.Together.Counts);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    static void Write(Utf8JsonWriter json, RetentionRow row)
    {
        json.WriteStartObject();
        json.WriteString("start", Day(row.Start));
        json.WriteNumber("size", row.Size);
        Write(json, "counts", row.Counts);
        if (row.Sums is not null)
        {
            json.WriteStartArray("sums");
            foreach (var sum in row.Sums) json.WriteRawValue(ValueText.Number(sum));
            json.WriteEndArray();
        }
        json.WriteNumber("complete", row.Complete);
        json.WriteNumber("begun", row.Begun);
        json.WriteEndObject();
    }

    static void Write(Utf8JsonWriter json, string name, IReadOnlyList<int> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers) json.WriteNumberValue(number);
        json.WriteEndArray();
    }

    static void Write(Utf8JsonWriter json, string name, double number)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(ValueText.Number(number));
    }

    static string Day(LocalDateTime start) => start.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture);

    static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
