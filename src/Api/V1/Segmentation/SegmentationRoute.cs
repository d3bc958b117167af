using System.Globalization;
using System.Text.Json;
using Cairn.Api.Problems;
using Cairn.Api.V1.Query;
using Cairn.Projects;
using Cairn.Projects.Keys;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Segmentation;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.V1.Segmentation;

/// <summary><c>POST /api/v1/query/segmentation</c>.</summary>
public sealed class SegmentationRoute(V1Door door, SegmentationReport report)
{
    public Task<IResult> AskAsync(HttpRequest request, CancellationToken cancellationToken) => door.AskAsync(request, Role.Viewer, async (body, project, now) =>
    {
        var errors = new List<FieldError>();
        if (SegmentationBody.Read(body, project, now, errors) is not { } definition) return Problem.InvalidField(errors);
        var answer = await report.AnswerAsync(definition, cancellationToken);
        return ReportAnswer.Of(request, answer.Coverage, () => SegmentationCsv.Of(definition, answer), json => Write(json, definition, answer));
    });

    static void Write(Utf8JsonWriter json, SegmentationDefinition definition, SegmentationAnswer answer)
    {
        json.WriteStartObject();
        json.WriteStartArray("buckets");
        foreach (var start in answer.Starts)
            json.WriteStringValue(definition.Unit.Unit < TimeUnit.Day ? start.ToString("uuuu-MM-dd'T'HH:mm", CultureInfo.InvariantCulture) : start.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture));
        json.WriteEndArray();
        json.WriteStartArray("series");
        foreach (var series in answer.Series) WriteSeries(json, definition, series);
        json.WriteEndArray();
        json.WriteNumber("series_before_limit", answer.SeriesBeforeLimit);
        CoverageJson.Write(json, answer.Coverage);
        json.WriteEndObject();
    }

    static void WriteSeries(Utf8JsonWriter json, SegmentationDefinition definition, Series series)
    {
        json.WriteStartObject();
        json.WriteString("event", definition.Events[series.EventIndex].Label);
        json.WriteNumber("event_index", series.EventIndex);
        if (definition.Compared.Count > 0) json.WriteString("compared", definition.Compared[series.ComparedIndex].Label);
        json.WriteStartArray("keys");
        foreach (var key in series.Keys) json.WriteStringValue(key);
        json.WriteEndArray();
        json.WriteStartArray("values");
        foreach (var value in series.Values) json.WriteRawValue(ValueText.Number(value));
        json.WriteEndArray();
        json.WritePropertyName("whole");
        json.WriteRawValue(ValueText.Number(series.Whole));
        json.WriteEndObject();
    }
}
