using System.Globalization;
using System.Text.Json;
using Cairn.Api.Answers;
using Cairn.Api.V1.Query;
using Cairn.Query.Composition;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.V1.Composition;

/// <summary><c>POST /api/v1/query/composition</c>.</summary>
public sealed class CompositionRoute(V1Door door, CompositionReport report)
{
    public Task<IResult> AskAsync(HttpRequest request, CancellationToken cancellationToken) => door.AskAsync<CompositionDefinition, CompositionCell>(
        request,
        CompositionBody.Read,
        (definition, cell) => report.PeopleAsync(definition, cell, cancellationToken),
        async definition =>
        {
            var answer = await report.AnswerAsync(definition, cancellationToken);
            return ReportAnswer.Of(request, answer.Coverage, () => Csv(definition, answer), json => Write(json, answer));
        });

    static void Write(Utf8JsonWriter json, CompositionAnswer answer)
    {
        json.WriteStartObject();
        json.WriteNumber("people", answer.People);
        json.WriteStartArray("series");
        foreach (var series in answer.Series)
        {
            json.WriteStartObject();
            json.WriteStartArray("keys");
            foreach (var key in series.Keys) json.WriteStringValue(key);
            json.WriteEndArray();
            json.WriteNumber("people", series.People);
            json.WritePropertyName("share");
            json.WriteRawValue(ValueText.Number(answer.ShareOf(series.People)));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartObject("other");
        json.WriteNumber("people", answer.Other);
        json.WritePropertyName("share");
        json.WriteRawValue(ValueText.Number(answer.ShareOf(answer.Other)));
        json.WriteEndObject();
        json.WriteNumber("series_before_limit", answer.SeriesBeforeLimit);
        CoverageJson.Write(json, answer.Coverage);
        json.WriteEndObject();
    }

    /// <summary>A line for each value; of a set, all its values in one cell.</summary>
    static string Csv(CompositionDefinition definition, CompositionAnswer answer)
    {
        var isSet = definition.Values == CompositionValues.Set;
        var csv = new Csv().Row([.. isSet ? ["values"] : definition.By.Select((_, index) => $"key {index + 1}"), "people", "share"]);
        foreach (var series in answer.Series)
            csv.Row([.. isSet ? [string.Join("; ", series.Keys)] : series.Keys, Number(series.People), ValueText.Number(answer.ShareOf(series.People))]);
        if (answer.SeriesBeforeLimit > answer.Series.Count)
            csv.Row(["other", .. isSet ? [] : definition.By.Skip(1).Select(_ => ""), Number(answer.Other), ValueText.Number(answer.ShareOf(answer.Other))]);
        return csv.ToString();
    }

    static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
