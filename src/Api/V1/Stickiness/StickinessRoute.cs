using System.Globalization;
using System.Text.Json;
using Cairn.Api.Answers;
using Cairn.Api.V1.Query;
using Cairn.Query.Definitions;
using Cairn.Query.Stickiness;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.V1.Stickiness;

/// <summary><c>POST /api/v1/query/stickiness</c>.</summary>
public sealed class StickinessRoute(V1Door door, StickinessReport report)
{
    public Task<IResult> AskAsync(HttpRequest request, CancellationToken cancellationToken) => door.AskAsync<StickinessDefinition, StickinessCell>(
        request,
        StickinessBody.Read,
        (definition, cell) => report.PeopleAsync(definition, cell, cancellationToken),
        async definition =>
        {
            var answer = await report.AnswerAsync(definition, cancellationToken);
            return ReportAnswer.Of(request, answer.Coverage, () => Csv(definition, answer), json => Write(json, answer));
        });

    static void Write(Utf8JsonWriter json, StickinessAnswer answer)
    {
        json.WriteStartObject();
        json.WritePropertyName("overall");
        Write(json, answer.Overall);
        json.WriteStartArray("series");
        foreach (var series in answer.Series) Write(json, series);
        json.WriteEndArray();
        json.WriteNumber("series_before_limit", answer.SeriesBeforeLimit);
        CoverageJson.Write(json, answer.Coverage);
        json.WriteEndObject();
    }

    static void Write(Utf8JsonWriter json, StickinessSeries series)
    {
        json.WriteStartObject();
        json.WriteStartArray("keys");
        foreach (var key in series.Keys) json.WriteStringValue(key);
        json.WriteEndArray();
        json.WriteStartArray("rows");
        foreach (var row in series.Rows)
        {
            json.WriteStartObject();
            json.WriteString("start", Day(row));
            json.WriteNumber("size", row.Size);
            Write(json, "exactly", row.Exactly);
            Write(json, "at_least", row.AtLeast);
            json.WriteBoolean("is_complete", row.IsComplete);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    static void Write(Utf8JsonWriter json, string name, IReadOnlyList<int> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers) json.WriteNumberValue(number);
        json.WriteEndArray();
    }

    /// <summary>A line for each period of each series; units across, exactly so many.</summary>
    static string Csv(StickinessDefinition definition, StickinessAnswer answer)
    {
        var csv = new Csv();
        var units = answer.Overall.Rows.Max(row => row.Exactly.Count);
        csv.Row([.. definition.Breakdowns.Select((_, index) => $"key {index + 1}"), "row", "size", .. Enumerable.Range(1, units).Select(Number)]);
        foreach (var series in answer.Series.Prepend(answer.Overall))
            foreach (var row in series.Rows)
                csv.Row([.. definition.Breakdowns.Select((_, index) => index < series.Keys.Count ? series.Keys[index] : ""), Day(row), Number(row.Size), .. row.Exactly.Select(Number)]);
        return csv.ToString();
    }

    static string Day(StickinessRow row) => row.Start.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture);

    static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
