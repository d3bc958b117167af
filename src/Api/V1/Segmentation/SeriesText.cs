using System.Globalization;
using System.Text.Json;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Segmentation;

namespace Cairn.Api.V1.Segmentation;

/// <summary>Writes the series of a segmentation's answer.</summary>
static class SeriesText
{
    /// <summary>What a series is of, in words.</summary>
    public static IReadOnlyList<(string Word, SeriesKind Kind)> Kinds { get; } = [("overall", SeriesKind.Overall), ("value", SeriesKind.Value), ("other", SeriesKind.Other)];

    public static string Of(SeriesKind kind) => Kinds.First(one => one.Kind == kind).Word;

    /// <summary><c>buckets</c>, <c>series</c>, <c>formulas</c> where there are some, and <c>series_before_limit</c>.</summary>
    public static void Write(Utf8JsonWriter json, SegmentationDefinition definition, SegmentationAnswer answer)
    {
        json.WriteStartArray("buckets");
        foreach (var start in answer.Starts)
            json.WriteStringValue(start.ToString(definition.Unit.Unit < TimeUnit.Day ? "uuuu-MM-dd'T'HH:mm" : "uuuu-MM-dd", CultureInfo.InvariantCulture));
        json.WriteEndArray();
        json.WriteStartArray("series");
        foreach (var series in answer.Series)
        {
            json.WriteStartObject();
            json.WriteString("event", definition.Events[series.EventIndex].Label);
            json.WriteNumber("event_index", series.EventIndex);
            WriteValues(json, definition, series);
            if (series.Bins.Count > 0) WriteBins(json, series.Bins);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        if (definition.Formulas.Count > 0)
        {
            json.WriteStartArray("formulas");
            foreach (var series in answer.Formulas)
            {
                json.WriteStartObject();
                json.WriteString("formula", definition.Formulas[series.EventIndex].Label);
                WriteValues(json, definition, series);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.WriteNumber("series_before_limit", answer.SeriesBeforeLimit);
    }

    static void WriteValues(Utf8JsonWriter json, SegmentationDefinition definition, Series series)
    {
        if (definition.Compared.Count > 0) json.WriteString("compared", definition.Compared[series.ComparedIndex].Label);
        if (series.Kind != SeriesKind.Value) json.WriteString("kind", Of(series.Kind));
        json.WriteStartArray("keys");
        foreach (var key in series.Keys) json.WriteStringValue(key);
        json.WriteEndArray();
        json.WriteStartArray("values");
        foreach (var value in series.Values) json.WriteRawValue(ValueText.Number(value));
        json.WriteEndArray();
        json.WritePropertyName("whole");
        json.WriteRawValue(ValueText.Number(series.Whole));
    }

    static void WriteBins(Utf8JsonWriter json, IReadOnlyList<SeriesBin> bins)
    {
        json.WriteStartArray("bins");
        foreach (var bin in bins)
        {
            json.WriteStartObject();
            if (bin.From is { } from) json.WriteNumber("from", from); else json.WriteNull("from");
            if (bin.Until is { } until) json.WriteNumber("until", until); else json.WriteNull("until");
            json.WriteStartArray("values");
            foreach (var value in bin.Values) json.WriteNumberValue(value);
            json.WriteEndArray();
            json.WriteNumber("whole", bin.Whole);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
