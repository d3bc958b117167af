using System.Text.Json;
using Cairn.Api.Answers;
using Cairn.Projects.Keys;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Segmentation;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Mixpanel;

/// <summary>Mixpanel's <c>/events</c>, <c>/events/top</c> and <c>/events/names</c>.</summary>
/// <remarks>Source: Mixpanel's query API reference, "Event Breakdown". Shapes: docs/wire/mixpanel-query.md.</remarks>
public sealed class EventsEndpoints(MixpanelDoor door, SegmentationReport report)
{
    /// <summary>Days that "most common" looks back. Source: "Query Top Events" and "Query Months of Top Event Names": the last 31 days.</summary>
    internal const int LookBackDays = 31;

    const int DefaultTop = 100, DefaultNames = 255, MaxNames = 5_000;

    static readonly Breakdown ByName = Breakdown.Of(PropertyScope.EventField, EventField.Name);

    public Task<IResult> EventsAsync(HttpRequest request, CancellationToken cancellationToken) => door.AskAsync(request, Role.Viewer, async question =>
    {
        var names = question.Parameters.Texts("event") ?? throw new MixpanelParameterException("event", "is required");
        if (names.Count is 0 or > SegmentationDefinition.MaxEvents) throw new MixpanelParameterException("event", $"must name 1 to {SegmentationDefinition.MaxEvents} events");
        var unit = question.Unit();
        var events = names.Distinct(StringComparer.Ordinal).Select(name => EventSelection.Named(name)).ToArray();
        var answer = await AskAsync(request, question.Segmentation(question.DaysOrInterval(unit), new(unit), events), cancellationToken);
        return SeriesTable.Answer(answer, unit, series => events[series.EventIndex].Label, question.Parameters["format"] == "csv");
    }, cancellationToken);

    public Task<IResult> TopAsync(HttpRequest request, CancellationToken cancellationToken) => door.AskAsync(request, Role.Viewer, async question =>
    {
        var (yesterday, today) = (question.Today.PlusDays(-1), question.Today);
        var definition = question.Segmentation(question.Project.Days(yesterday, today), new(TimeUnit.Day), EventSelection.Every("all")) with
        {
            Breakdowns = [ByName],
            Limit = MaxNames,
        };
        var answer = await AskAsync(request, definition, cancellationToken);
        var top = answer.Series.Where(series => series.Values[1] > 0).OrderByDescending(series => series.Values[1]).Take(question.Limit(DefaultTop));
        return new JsonAnswer(StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("events");
            foreach (var series in top) WriteTop(json, series);
            json.WriteEndArray();
            json.WriteString("type", question.Parameters["type"] ?? "general");
            json.WriteEndObject();
        });
    }, cancellationToken);

    public Task<IResult> NamesAsync(HttpRequest request, CancellationToken cancellationToken) => door.AskAsync(request, Role.Viewer, async question =>
    {
        var definition = question.Segmentation(question.DaysOrLast(LookBackDays), new(TimeUnit.Quarter), EventSelection.Every("all")) with
        {
            Breakdowns = [ByName],
            Limit = question.Parameters.Whole("limit", 1, MaxNames, DefaultNames),
        };
        var answer = await AskAsync(request, definition, cancellationToken);
        return new JsonAnswer(StatusCodes.Status200OK, json =>
        {
            json.WriteStartArray();
            foreach (var series in answer.Series) json.WriteStringValue(series.Keys[0]);
            json.WriteEndArray();
        });
    }, cancellationToken);

    /// <summary>Today against yesterday; 1 where there was nothing yesterday.</summary>
    static void WriteTop(Utf8JsonWriter json, Series series)
    {
        var (yesterday, today) = (series.Values[0], series.Values[1]);
        json.WriteStartObject();
        json.WritePropertyName("amount");
        json.WriteRawValue(ValueText.Number(today));
        json.WriteString("event", series.Keys[0]);
        json.WritePropertyName("percent_change");
        json.WriteRawValue(ValueText.Number(yesterday == 0 ? 1 : (today - yesterday) / yesterday));
        json.WriteEndObject();
    }

    async Task<SegmentationAnswer> AskAsync(HttpRequest request, SegmentationDefinition definition, CancellationToken cancellationToken)
    {
        var answer = await report.AnswerAsync(definition, cancellationToken);
        CoverageHeaders.Set(request.HttpContext.Response, answer.Coverage);
        return answer;
    }
}
