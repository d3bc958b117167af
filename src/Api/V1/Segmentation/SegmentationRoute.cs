using System.Text.Json;
using Cairn.Api.V1.Query;
using Cairn.Query.Definitions;
using Cairn.Query.Segmentation;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.V1.Segmentation;

/// <summary><c>POST /api/v1/query/segmentation</c>.</summary>
public sealed class SegmentationRoute(V1Door door, SegmentationReport report)
{
    public Task<IResult> AskAsync(HttpRequest request, CancellationToken cancellationToken) => door.AskAsync<SegmentationDefinition, SegmentationNumber>(
        request,
        SegmentationBody.Read,
        async (definition, number) =>
        {
            var found = await report.PeopleAsync(definition, number, cancellationToken);
            return ([.. found.People.Select(one => one.Person)], found.Coverage);
        },
        async definition =>
        {
            if (ExplainedReport.IsAsked(request)) return ExplainedReport.Of(await report.ExplainAsync(definition, cancellationToken));
            var answer = await report.AnswerAsync(definition, cancellationToken);
            return ReportAnswer.Of(request, answer.Coverage, () => SegmentationCsv.Of(definition, answer), json => Write(json, definition, answer));
        });

    static void Write(Utf8JsonWriter json, SegmentationDefinition definition, SegmentationAnswer answer)
    {
        json.WriteStartObject();
        SeriesText.Write(json, definition, answer);
        if (answer.Previous is { } previous)
        {
            json.WriteStartObject("previous");
            SeriesText.Write(json, definition, previous);
            json.WriteEndObject();
        }
        CoverageJson.Write(json, answer.Coverage);
        json.WriteEndObject();
    }
}
