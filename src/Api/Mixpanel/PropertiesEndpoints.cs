using Cairn.Api.Answers;
using Cairn.Projects.Keys;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Properties;
using Cairn.Query.Segmentation;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Mixpanel;

/// <summary>Mixpanel's <c>/events/properties</c>, <c>/events/properties/top</c> and <c>/events/properties/values</c>.</summary>
/// <remarks>Source: Mixpanel's query API reference, "Event Properties". Without an event the two lists look at all events.</remarks>
public sealed class PropertiesEndpoints(MixpanelDoor door, SegmentationReport report, PropertyCountReport counts)
{
    const int DefaultValues = 255, DefaultTop = 10;

    public Task<IResult> PropertiesAsync(HttpRequest request, CancellationToken cancellationToken) => door.AskAsync(request, Role.Viewer, async question =>
    {
        var property = Named(question);
        var unit = question.Unit();
        var selection = EventSelection.Named(question.Parameters.Required("event"), OneOf(property, question.Parameters.Texts("values")));
        var definition = question.Segmentation(question.DaysOrInterval(unit), new(unit), selection) with
        {
            Breakdowns = [new(property)],
            Limit = question.Limit(DefaultValues),
        };
        var answer = await AskAsync(request, definition, cancellationToken);
        return SeriesTable.Answer(answer, unit, series => series.Keys[0], question.Parameters["format"] == "csv");
    }, cancellationToken);

    public Task<IResult> TopAsync(HttpRequest request, CancellationToken cancellationToken) => door.AskAsync(request, Role.Viewer, async question =>
    {
        var limit = question.Limit(DefaultTop);
        var answer = await counts.AnswerAsync(question.Project, question.DaysOrLast(EventsEndpoints.LookBackDays), Events(question), question.Condition("where"), cancellationToken);
        CoverageHeaders.Set(request.HttpContext.Response, answer.Coverage);
        return new JsonAnswer(StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            foreach (var property in answer.Properties.Take(limit))
            {
                json.WriteStartObject(property.Name);
                json.WriteNumber("count", property.Count);
                json.WriteEndObject();
            }
            json.WriteEndObject();
        });
    }, cancellationToken);

    public Task<IResult> ValuesAsync(HttpRequest request, CancellationToken cancellationToken) => door.AskAsync(request, Role.Viewer, async question =>
    {
        var property = Named(question);
        var carriesIt = new Expression.Call(Function.Defined, [property]);
        var definition = question.Segmentation(question.DaysOrLast(EventsEndpoints.LookBackDays), new(TimeUnit.Quarter), Events(question) with { Filter = carriesIt }) with
        {
            Breakdowns = [new(property)],
            Limit = question.Limit(DefaultValues),
        };
        var answer = await AskAsync(request, definition, cancellationToken);
        return new JsonAnswer(StatusCodes.Status200OK, json =>
        {
            json.WriteStartArray();
            foreach (var series in answer.Series) json.WriteStringValue(series.Keys[0]);
            json.WriteEndArray();
        });
    }, cancellationToken);

    static Expression.Property Named(MixpanelQuestion question) => new(PropertyNames.Resolve("properties", question.Parameters.Required("name")));

    static EventSelection Events(MixpanelQuestion question) =>
        question.Parameters["event"] is { } name ? EventSelection.Named(name) : EventSelection.Every("all");

    /// <summary>Whether the property's text is one of these; null where all count.</summary>
    static Expression.Binary? OneOf(Expression property, IReadOnlyList<string>? values)
    {
        if (values is null) return null;
        var texts = new Expression.Literal(Value.Of([.. values.Select(Value.Of)]));
        return new(BinaryOperator.In, new Expression.Call(Function.String, [property]), texts);
    }

    async Task<SegmentationAnswer> AskAsync(HttpRequest request, SegmentationDefinition definition, CancellationToken cancellationToken)
    {
        var answer = await report.AnswerAsync(definition, cancellationToken);
        CoverageHeaders.Set(request.HttpContext.Response, answer.Coverage);
        return answer;
    }
}
