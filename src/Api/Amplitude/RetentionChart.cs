using System.Globalization;
using System.Text.Json;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Microsoft.AspNetCore.Http;
using NodaTime;

namespace Cairn.Api.Amplitude;

/// <summary>The parameters of <c>retention</c> as a definition.</summary>
/// <remarks>Source: Amplitude docs, "Dashboard REST API", "Retention analysis".</remarks>
static class RetentionChart
{
    /// <summary>Custom brackets of one chart. Source: Amplitude docs, "Retention Analysis", custom brackets.</summary>
    const int MaxBrackets = 100;

    /// <exception cref="AmplitudeQueryException">A parameter can't be used; the message names it.</exception>
    public static RetentionDefinition Read(IQueryCollection query, ReportProject project, Instant now)
    {
        var start = ChartJson.Start("se", ChartParameters.Required(query, "se"));
        var (back, backGroupBy) = ChartJson.Event("re", ChartParameters.Required(query, "re"));
        if (backGroupBy.Count > 0) throw new AmplitudeQueryException("Invalid re: only the start event may be grouped");
        var segments = ChartParameters.Segments(query);
        // Whoever is new must meet the filters with their very first event, not with a later one.
        IReadOnlyList<ComparedFilter> compared = start.WhenNew is null
            ? segments
            : [.. (segments.Count == 0 ? [new ComparedFilter("0", null)] : segments).Select(segment => segment with { Filter = segment.Filter is null ? start.WhenNew : new Expression.Binary(BinaryOperator.And, segment.Filter, start.WhenNew) })];
        var (range, unit) = (ChartParameters.Days(query, project), UnitOf(query));
        var method = query["rm"].ToString();
        if (method == "bracket" && unit.Unit != TimeUnit.Day) throw new AmplitudeQueryException("Invalid i: brackets are of days");
        return new()
        {
            Project = project,
            Now = now,
            Range = range,
            Birth = [start.Selection],
            Return = [back],
            Births = start.IsNew ? Births.FirstEver : Births.Recurring,
            Criterion = method switch
            {
                "" or "n-day" or "bracket" => RetentionCriterion.On,
                "rolling" => RetentionCriterion.OnOrAfter,
                _ => throw new AmplitudeQueryException($"Invalid rm {method}: n-day, rolling or bracket"),
            },
            Unit = unit,
            Buckets = method == "bracket" ? Brackets(ChartParameters.Required(query, "rb")) : RetentionBucket.Each(Elapsed(range, unit, project, now)),
            Compared = compared,
            Breakdowns = segments.Count > 1 ? [] : [.. start.GroupBy.Select(by => new Breakdown(by)), .. ChartParameters.Groups(query, "g")],
            Limit = ChartParameters.Limit(query),
            Switches = Switches.Amplitude,
        };
    }

    static BucketSize UnitOf(IQueryCollection query) => query["i"].ToString() switch
    {
        "" or "1" => new(TimeUnit.Day),
        "7" => new(TimeUnit.Week),
        "30" => new(TimeUnit.Month),
        var other => throw new AmplitudeQueryException($"Invalid interval {other}: 1, 7 or 30"),
    };

    /// <summary>Intervals that have begun since the first date, up to now.</summary>
    static int Elapsed(TimeRange range, BucketSize unit, ReportProject project, Instant now)
    {
        var days = Period.DaysBetween(range.From.InZone(project.Zone).Date, now.InZone(project.Zone).Date);
        // The first week or month may have begun up to so many days before the first date.
        var length = unit.Unit switch { TimeUnit.Day => 1, TimeUnit.Week => 7, _ => 30 };
        return Math.Clamp((days + (length > 1 ? length + 1 : 0)) / length, 0, RetentionDefinition.MaxBuckets - 1);
    }

    static RetentionBucket[] Brackets(string text)
    {
        var json = ChartJson.Parse("rb", text);
        var brackets = json.ValueKind == JsonValueKind.Array ? json.EnumerateArray().Select(Bracket).ToArray() : [];
        return brackets.Length is > 0 and <= MaxBrackets ? brackets : throw new AmplitudeQueryException($"Invalid rb: give 1 to {MaxBrackets} ranges such as [[0,1],[1,4]]");
    }

    static RetentionBucket Bracket(JsonElement json) =>
        json.ValueKind == JsonValueKind.Array && json.GetArrayLength() == 2 && Whole(json[0]) is { } from && Whole(json[1]) is { } until
            ? new(from, until)
            : throw new AmplitudeQueryException(string.Create(CultureInfo.InvariantCulture, $"Invalid rb: {json} is no range such as [1,4]"));

    static int? Whole(JsonElement json) => json.ValueKind == JsonValueKind.Number && json.TryGetInt32(out var number) ? number : null;
}
