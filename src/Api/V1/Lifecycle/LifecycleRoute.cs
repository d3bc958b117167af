using System.Globalization;
using System.Text.Json;
using Cairn.Api.Answers;
using Cairn.Api.V1.Query;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Lifecycle;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.V1.Lifecycle;

/// <summary><c>POST /api/v1/query/lifecycle</c>.</summary>
public sealed class LifecycleRoute(V1Door door, LifecycleReport report)
{
    public Task<IResult> AskAsync(HttpRequest request, CancellationToken cancellationToken) => door.AskAsync<LifecycleDefinition, LifecycleCell>(
        request,
        LifecycleBody.Read,
        (definition, cell) => report.PeopleAsync(definition, cell, cancellationToken),
        async definition =>
        {
            var answer = await report.AnswerAsync(definition, cancellationToken);
            return ReportAnswer.Of(request, answer.Coverage, () => Csv(definition, answer), json => Write(json, answer));
        });

    static void Write(Utf8JsonWriter json, LifecycleAnswer answer)
    {
        json.WriteStartObject();
        Write(json, answer.Rows);
        json.WriteStartArray("series");
        foreach (var series in answer.Series)
        {
            json.WriteStartObject();
            json.WriteStartArray("keys");
            foreach (var key in series.Keys) json.WriteStringValue(key);
            json.WriteEndArray();
            Write(json, series.Rows);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteNumber("series_before_limit", answer.SeriesBeforeLimit);
        CoverageJson.Write(json, answer.Coverage);
        json.WriteEndObject();
    }

    static void Write(Utf8JsonWriter json, IReadOnlyList<LifecycleRow> rows)
    {
        json.WriteStartArray("rows");
        foreach (var row in rows)
        {
            json.WriteStartObject();
            json.WriteString("start", Day(row));
            json.WriteNumber("new", row.New);
            json.WriteNumber("current", row.Current);
            json.WriteNumber("resurrected", row.Resurrected);
            json.WriteNumber("dormant", row.Dormant);
            json.WritePropertyName("pulse");
            if (row.Pulse is { } pulse) json.WriteRawValue(ValueText.Number(pulse));
            else json.WriteNullValue();
            json.WriteBoolean("is_complete", row.IsComplete);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>A line for each interval of each series.</summary>
    static string Csv(LifecycleDefinition definition, LifecycleAnswer answer)
    {
        var csv = new Csv().Row([.. definition.Breakdowns.Select((_, index) => $"key {index + 1}"), "row", "new", "current", "resurrected", "dormant", "pulse"]);
        foreach (var series in answer.Series.Prepend(new([], answer.Rows)))
            foreach (var row in series.Rows)
                csv.Row([
                    .. definition.Breakdowns.Select((_, index) => index < series.Keys.Count ? series.Keys[index] : ""),
                    Day(row), Number(row.New), Number(row.Current), Number(row.Resurrected), Number(row.Dormant), row.Pulse is { } pulse ? ValueText.Number(pulse) : "",
                ]);
        return csv.ToString();
    }

    static string Day(LifecycleRow row) => row.Start.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture);

    static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
