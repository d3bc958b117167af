using System.Globalization;
using Cairn.Api.Answers;
using Cairn.Projects.Keys;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Segmentation;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Mixpanel;

/// <summary>Mixpanel's <c>/segmentation</c> and its numeric, sum and average forms.</summary>
/// <remarks>Source: Mixpanel's query API reference, "Query Segmentation Report" and the three after it. Shapes: docs/wire/mixpanel-query.md.</remarks>
public sealed class SegmentationEndpoints(MixpanelDoor door, SegmentationReport report, TimeProvider clock)
{
    /// <summary>Ranges that <c>/numeric</c> aims at where <c>buckets</c> says nothing.</summary>
    const int DefaultRanges = 12;

    public Task<IResult> SegmentationAsync(HttpRequest request, CancellationToken cancellationToken) => door.AskAsync(request, Role.Viewer, async question =>
    {
        var name = question.Parameters.Required("event");
        var unit = question.Unit();
        var on = question.Breakdown("on");
        var definition = question.Segmentation(question.RequiredDays(), SizeOf(question, unit), EventSelection.Named(name)) with
        {
            Breakdowns = on is null ? [] : [new(on)],
            Limit = question.Limit(),
        };
        var answer = await AskAsync(request, definition, cancellationToken);
        return SeriesTable.Answer(answer, unit, series => series.Keys.Count == 0 ? name : series.Keys[0], question.Parameters["format"] == "csv");
    }, cancellationToken);

    public Task<IResult> NumericAsync(HttpRequest request, CancellationToken cancellationToken) => door.AskAsync(request, Role.Viewer, async question =>
    {
        var on = question.Breakdown("on") ?? throw new MixpanelParameterException("on", "is required");
        var unit = question.Unit();
        var definition = question.Segmentation(question.RequiredDays(), new(unit), EventSelection.Named(question.Parameters.Required("event")));
        var (least, greatest) = await SpanOfAsync(definition, on, cancellationToken);
        var ranges = new NumericRanges(least, greatest, question.Parameters.Whole("buckets", 1, 1000, DefaultRanges));
        // What is no number has no range, and is left out.
        var isNumber = new Expression.Call(Function.Defined, [ranges.IndexOf(on)]);
        definition = definition with
        {
            Breakdowns = [new(ranges.IndexOf(on))],
            Events = [definition.Events[0] with { Filter = isNumber }],
            Limit = SegmentationDefinition.MaxLimit,
        };
        var answer = await AskAsync(request, definition, cancellationToken);
        answer = answer with { Series = [.. answer.Series.OrderBy(series => double.Parse(series.Keys[0], CultureInfo.InvariantCulture))] };
        return SeriesTable.Answer(answer, unit, series => ranges.KeyOf(series.Keys[0]), question.Parameters["format"] == "csv");
    }, cancellationToken);

    public Task<IResult> SumAsync(HttpRequest request, CancellationToken cancellationToken) => AggregateAsync(request, Aggregate.Sum, cancellationToken);

    public Task<IResult> AverageAsync(HttpRequest request, CancellationToken cancellationToken) => AggregateAsync(request, Aggregate.Average, cancellationToken);

    Task<IResult> AggregateAsync(HttpRequest request, Aggregate kind, CancellationToken cancellationToken) => door.AskAsync(request, Role.Viewer, async question =>
    {
        var on = question.Breakdown("on") ?? throw new MixpanelParameterException("on", "is required");
        var unit = question.Unit();
        var definition = question.Segmentation(question.RequiredDays(), new(unit), EventSelection.Named(question.Parameters.Required("event"))) with
        {
            Measure = new Measure.Property(on, kind),
        };
        var answer = await AskAsync(request, definition, cancellationToken);
        var dates = answer.Starts.Select(start => SeriesTable.DateKey(start, unit)).ToArray();
        return new JsonAnswer(StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteString("status", "ok");
            json.WriteString("computed_at", clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture));
            json.WriteStartObject("results");
            SeriesTable.WriteValues(json, dates, answer.Series[0].Values);
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }, cancellationToken);

    async Task<SegmentationAnswer> AskAsync(HttpRequest request, SegmentationDefinition definition, CancellationToken cancellationToken)
    {
        var answer = await report.AnswerAsync(definition, cancellationToken);
        CoverageHeaders.Set(request.HttpContext.Response, answer.Coverage);
        return answer;
    }

    /// <summary>The least and the greatest number that the expression comes to over the whole range.</summary>
    async Task<(double Least, double Greatest)> SpanOfAsync(SegmentationDefinition definition, Expression on, CancellationToken cancellationToken)
    {
        var least = await report.AnswerAsync(definition with { Measure = new Measure.Property(on, Aggregate.Least), Unit = new(TimeUnit.Quarter) }, cancellationToken);
        var greatest = await report.AnswerAsync(definition with { Measure = new Measure.Property(on, Aggregate.Greatest), Unit = new(TimeUnit.Quarter) }, cancellationToken);
        return (least.Series[0].Whole, greatest.Series[0].Whole);
    }

    /// <summary><c>interval</c> makes buckets of several days, unless totals are asked for.</summary>
    static BucketSize SizeOf(MixpanelQuestion question, TimeUnit unit) =>
        unit == TimeUnit.Day && question.Type() is not Measure.Totals ? new(unit, question.Parameters.Whole("interval", 1, 366, 1)) : new(unit);
}
