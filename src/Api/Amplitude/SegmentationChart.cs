using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Microsoft.AspNetCore.Http;
using NodaTime;

namespace Cairn.Api.Amplitude;

/// <summary>The parameters of <c>events/segmentation</c> as a definition.</summary>
/// <remarks>Source: Amplitude docs, "Dashboard REST API", "Event segmentation".</remarks>
static class SegmentationChart
{
    /// <exception cref="AmplitudeQueryException">A parameter can't be used; the message names it.</exception>
    public static SegmentationDefinition Read(IQueryCollection query, ReportProject project, Instant now)
    {
        foreach (var unanswered in (ReadOnlySpan<string>)["rollingWindow", "rollingAverage"])
            if (!string.IsNullOrEmpty(query[unanswered])) throw new AmplitudeQueryException($"Invalid {unanswered}: it is not answered here");
        var (first, firstGroupBy) = ChartJson.Event("e", ChartParameters.Required(query, "e"));
        var events = new List<(EventSelection Selection, IReadOnlyList<Expression> GroupBy)> { (first, firstGroupBy) };
        if (!string.IsNullOrEmpty(query["e2"])) events.Add(ChartJson.Event("e2", query["e2"]!));
        var (measure, takesFirst) = MeasureOf(query, firstGroupBy);
        var segments = ChartParameters.Segments(query);
        return new()
        {
            Project = project,
            Now = now,
            Range = ChartParameters.Days(query, project),
            Unit = UnitOf(query),
            Events = [.. events.Select(item => item.Selection with { Breakdowns = [.. item.GroupBy.Skip(takesFirst ? 1 : 0).Select(by => new Breakdown(by))] })],
            Compared = segments,
            // A grouping by user properties is honoured with a single segment only.
            Breakdowns = segments.Count > 1 ? [] : [.. ChartParameters.Groups(query, "g", "g2")],
            Measure = measure,
            Limit = ChartParameters.Limit(query),
            Switches = Switches.Amplitude,
        };
    }

    /// <summary>The measure, and whether it takes the first grouping for its number.</summary>
    static (Measure Measure, bool TakesFirst) MeasureOf(IQueryCollection query, IReadOnlyList<Expression> groupBy) => query["m"].ToString() switch
    {
        "" or "uniques" => (new Measure.Uniques(), false),
        "totals" => (new Measure.Totals(), false),
        "average" => (new Measure.AveragePerUser(), false),
        "pct_dau" => (new Measure.ActiveShare(), false),
        "sums" => (NumberOf(groupBy, Aggregate.Sum), true),
        "value_avg" => (NumberOf(groupBy, Aggregate.Average), true),
        var other and ("formula" or "histogram") => throw new AmplitudeQueryException($"Invalid metric {other}: it is not answered here; uniques, totals, average, pct_dau, sums and value_avg are"),
        var other => throw new AmplitudeQueryException($"Invalid metric {other}"),
    };

    static Measure.Property NumberOf(IReadOnlyList<Expression> groupBy, Aggregate kind) => groupBy.Count == 0
        ? throw new AmplitudeQueryException("Invalid metric: it needs the event's group_by to name a property")
        : new(new Expression.Call(Function.Number, [groupBy[0]]), kind);

    /// <summary><c>i</c>: how long a bucket is.</summary>
    public static BucketSize UnitOf(IQueryCollection query) => query["i"].ToString() switch
    {
        "" or "1" => new(TimeUnit.Day),
        "-300000" => new(TimeUnit.Minute, 5),
        "-3600000" => new(TimeUnit.Hour),
        "7" => new(TimeUnit.Week),
        "30" => new(TimeUnit.Month),
        "90" => new(TimeUnit.Quarter),
        var other => throw new AmplitudeQueryException($"Invalid interval {other}"),
    };
}
