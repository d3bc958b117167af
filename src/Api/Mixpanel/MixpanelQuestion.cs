using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using NodaTime;

namespace Cairn.Api.Mixpanel;

/// <summary>One request of the query API, understood as far as all of its endpoints agree.</summary>
/// <param name="Now">Fixed for this question.</param>
public sealed record MixpanelQuestion(MixpanelParameters Parameters, ReportProject Project, Instant Now)
{
    /// <summary>Series of one answer where the question names no limit. Source: "Segmentation" reference, limit.</summary>
    const int DefaultLimit = 60;

    public LocalDate Today => Now.InZone(Project.Zone).Date;

    /// <summary>The days asked for: both are required.</summary>
    public TimeRange RequiredDays()
    {
        var from = Parameters.Date("from_date") ?? throw new MixpanelParameterException("from_date", "is required");
        var to = Parameters.Date("to_date") ?? throw new MixpanelParameterException("to_date", "is required");
        return Days(from, to);
    }

    /// <summary>The days asked for, or else the last ones up to today.</summary>
    public TimeRange DaysOrLast(int days)
    {
        var to = Parameters.Date("to_date") ?? Today;
        return Days(Parameters.Date("from_date") ?? to.PlusDays(1 - days), to);
    }

    /// <summary>The days asked for; or, with <c>interval</c>, so many units up to now.</summary>
    public TimeRange DaysOrInterval(TimeUnit unit)
    {
        if (Parameters.Date("from_date") is not null || Parameters["interval"] is null) return RequiredDays();
        var back = Parameters.Whole("interval", 1, Buckets.MaxCount, 1) - 1;
        var local = Now.InZone(Project.Zone).LocalDateTime;
        var midnight = Today.AtMidnight();
        var first = unit switch
        {
            TimeUnit.Minute => midnight.PlusMinutes(local.Hour * 60 + local.Minute - back),
            TimeUnit.Hour => midnight.PlusHours(local.Hour - back),
            TimeUnit.Day => midnight.PlusDays(-back),
            TimeUnit.Week => midnight.With(date => date.With(DateAdjusters.PreviousOrSame(Switches.Mixpanel.FirstDayOfWeek))).PlusWeeks(-back),
            TimeUnit.Month => midnight.With(DateAdjusters.StartOfMonth).PlusMonths(-back),
            TimeUnit.Quarter => midnight.With(DateAdjusters.StartOfMonth).PlusMonths(-3 * back),
        };
        var until = unit switch
        {
            TimeUnit.Minute => first.PlusMinutes(back + 1),
            TimeUnit.Hour => first.PlusHours(back + 1),
            TimeUnit.Day or TimeUnit.Week or TimeUnit.Month or TimeUnit.Quarter => Today.PlusDays(1).AtMidnight(),
        };
        return new(first.InZoneLeniently(Project.Zone).ToInstant(), until.InZoneLeniently(Project.Zone).ToInstant());
    }

    public TimeUnit Unit(TimeUnit fallback = TimeUnit.Day) => Parameters["unit"] switch
    {
        null => fallback,
        "minute" => TimeUnit.Minute,
        "hour" => TimeUnit.Hour,
        "day" => TimeUnit.Day,
        "week" => TimeUnit.Week,
        "month" => TimeUnit.Month,
        "quarter" => TimeUnit.Quarter,
        var other => throw new MixpanelParameterException("unit", $"must be minute, hour, day, week, month or quarter, not {other}"),
    };

    /// <summary><c>type</c>: what is counted.</summary>
    public Measure Type() => Parameters["type"] switch
    {
        null or "general" or "total" => new Measure.Totals(),
        "unique" or "uniques" => new Measure.Uniques(),
        "average" => new Measure.AveragePerUser(),
        var other => throw new MixpanelParameterException("type", $"must be general, unique or average, not {other}"),
    };

    public int Limit(int fallback = DefaultLimit) => Parameters.Whole("limit", 1, SegmentationDefinition.MaxLimit, fallback);

    /// <summary>A condition; null where absent.</summary>
    public Expression? Condition(string name) => Parameters[name] is { } text ? Read(name, () => ExpressionParser.Parse(text)) : null;

    /// <summary>What to break down by; null where absent.</summary>
    public Expression? Breakdown(string name) => Parameters[name] is { } text ? Read(name, () => ExpressionParser.ParseBreakdown(text)) : null;

    /// <summary>A segmentation definition with what all questions share.</summary>
    public SegmentationDefinition Segmentation(TimeRange range, BucketSize unit, params IReadOnlyList<EventSelection> events) => new()
    {
        Project = Project,
        Now = Now,
        Range = range,
        Unit = unit,
        Events = events,
        Filter = Condition("where"),
        Measure = Type(),
        Switches = Switches.Mixpanel,
    };

    /// <summary>An expression; what is wrong with it is told under the parameter's name.</summary>
    internal static Expression Read(string name, Func<Expression> parse)
    {
        try
        {
            var expression = parse();
            // Compiling refuses, by their form, conditions that are none.
            CompiledExpression.Compile(expression);
            return expression;
        }
        catch (ExpressionException e)
        {
            throw new MixpanelParameterException(name, e.Message, isError: true);
        }
    }

    TimeRange Days(LocalDate from, LocalDate to) =>
        to < from ? throw new MixpanelParameterException("to_date", "is before from_date") : Project.Days(from, to);
}
