using System.Globalization;
using System.Text.Json;
using Cairn.Api.Answers;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Segmentation;
using Microsoft.AspNetCore.Http;
using NodaTime;

namespace Cairn.Api.Mixpanel;

/// <summary>Series over dates as Mixpanel answers them: <c>{"data": {"series": [dates], "values": {key: {date: n}}}, "legend_size": n}</c>.</summary>
/// <remarks>Source: Mixpanel's query API reference, "Query Segmentation Report". Each key has every date; dates without events are 0.</remarks>
public static class SeriesTable
{
    /// <param name="keyOf">What a series is called.</param>
    /// <param name="asCsv">Whether <c>format=csv</c> was asked: dates down, keys across.</param>
    public static IResult Answer(SegmentationAnswer answer, TimeUnit unit, Func<Series, string> keyOf, bool asCsv)
    {
        var dates = answer.Starts.Select(start => DateKey(start, unit)).ToArray();
        return asCsv ? AsCsv(answer, dates, keyOf) : AsJson(answer, dates, keyOf);
    }

    /// <summary>A bucket's name: its day, and below a day its time as well.</summary>
    public static string DateKey(LocalDateTime start, TimeUnit unit) => unit < TimeUnit.Day
        ? start.ToString("uuuu-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)
        : start.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture);

    static JsonAnswer AsJson(SegmentationAnswer answer, string[] dates, Func<Series, string> keyOf) => new(StatusCodes.Status200OK, json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("data");
        json.WriteStartArray("series");
        foreach (var date in dates) json.WriteStringValue(date);
        json.WriteEndArray();
        json.WriteStartObject("values");
        foreach (var series in answer.Series)
        {
            json.WriteStartObject(keyOf(series));
            WriteValues(json, dates, series.Values);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteNumber("legend_size", answer.SeriesBeforeLimit);
        json.WriteEndObject();
    });

    /// <summary>Writes <c>"2025-06-01": 3</c> for each bucket.</summary>
    public static void WriteValues(Utf8JsonWriter json, string[] dates, double[] values)
    {
        for (var i = 0; i < dates.Length; i++)
        {
            json.WritePropertyName(dates[i]);
            json.WriteRawValue(ValueText.Number(values[i]), skipInputValidation: true);
        }
    }

    static TextAnswer AsCsv(SegmentationAnswer answer, string[] dates, Func<Series, string> keyOf)
    {
        var csv = new Csv().Row(answer.Series.Select(keyOf).Prepend("date"));
        for (var i = 0; i < dates.Length; i++) csv.Row(answer.Series.Select(series => ValueText.Number(series.Values[i])).Prepend(dates[i]));
        return new("text/csv; charset=utf-8", csv.ToString());
    }
}
