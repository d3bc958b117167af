using System.Text.Json;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;

namespace Cairn.Api.V1.Segmentation;

/// <summary>Reads what a line shows: <c>measure</c> and <c>look_back</c>.</summary>
static class MetricFields
{
    const string MeasureValid = "totals, uniques, sessions, average, active_share, or an object such as {\"aggregate\": \"sum\", \"of\": \"event.price\"}, {\"percentile\": 95, \"of\": \"event.price\"}, {\"distinct\": \"event.plan\"}, "
        + "{\"per_user\": \"events\", \"as\": \"average\"}, {\"frequency\": \"events\"} or {\"histogram\": \"event.price\"}",
        UserNumberValid = "events, sessions, or an object such as {\"aggregate\": \"sum\", \"of\": \"event.price\"} or {\"distinct\": \"event.plan\"}",
        LookbackValid = "{\"rolling\": 7}, {\"rolling_average\": 7}, {\"days\": 30} or {\"since_start\": true}",
        EdgesValid = "a list of numbers, each greater than the one before";

    static readonly (string, Aggregate)[] Aggregates =
        [("sum", Aggregate.Sum), ("average", Aggregate.Average), ("min", Aggregate.Least), ("max", Aggregate.Greatest), ("median", Aggregate.Median)];

    /// <summary><c>measure</c>; totals where absent or wrong.</summary>
    public static Measure Measure(DefinitionFields fields)
    {
        if (fields.Any("measure") is not { ValueKind: JsonValueKind.Object })
            return fields.Choice<Measure>("measure", new Measure.Totals(),
                ("totals", new Measure.Totals()), ("uniques", new Measure.Uniques()), ("sessions", new Measure.Sessions()), ("average", new Measure.AveragePerUser()), ("active_share", new Measure.ActiveShare()));
        var measure = fields.Object("measure", MeasureValid)!;
        var read = Read(measure);
        measure.RefuseOthers();
        return read ?? new Measure.Totals();
    }

    /// <summary><c>look_back</c>; null where absent or wrong.</summary>
    public static Lookback? Lookback(DefinitionFields fields)
    {
        if (fields.Object("look_back", LookbackValid) is not { } lookback) return null;
        Lookback? read = lookback.Any("rolling") is not null ? new Lookback.Rolling(Count("rolling"))
            : lookback.Any("rolling_average") is not null ? new Lookback.Average(Count("rolling_average"))
            : lookback.Any("days") is not null ? new Lookback.Days(Count("days"))
            : lookback.Flag("since_start", false) ? new Lookback.SinceStart() : null;
        if (read is null) lookback.Fail("rolling", "It must say how far.", LookbackValid);
        lookback.RefuseOthers();
        return read;

        int Count(string name) => lookback.Whole(name, 1, 1, Cairn.Query.Definitions.Lookback.MaxCount);
    }

    static Measure? Read(DefinitionFields measure)
    {
        if (measure.Any("distinct") is not null) return Expressions.Breakdown(measure, "distinct") is { } distinct ? new Measure.Distinct(distinct) : null;
        if (measure.Any("histogram") is not null) return Expressions.Breakdown(measure, "histogram") is { } histogram ? new Measure.Histogram(histogram, Edges(measure)) : null;
        if (measure.Any("frequency") is not null) return new Measure.Frequency(UserNumberOf(measure, "frequency"), Edges(measure));
        if (measure.Any("per_user") is not null) return new Measure.PerUser(UserNumberOf(measure, "per_user"), SummaryOf(measure));
        var percentile = measure.Any("percentile") is null ? null : Fraction(measure);
        var of = Required(measure);
        if (percentile is not null) return of is null ? null : new Measure.Percentile(of, percentile.Value);
        var kind = measure.Choice("aggregate", Aggregate.Sum, Aggregates);
        return of is null ? null : new Measure.Property(of, kind);
    }

    static UserNumber UserNumberOf(DefinitionFields measure, string name)
    {
        if (measure.Any(name) is not { ValueKind: JsonValueKind.Object }) return measure.Choice<UserNumber>(name, new UserNumber.Events(), ("events", new UserNumber.Events()), ("sessions", new UserNumber.Sessions()));
        var number = measure.Object(name, UserNumberValid)!;
        var isDistinct = number.Any("distinct") is not null;
        var of = isDistinct ? Expressions.Breakdown(number, "distinct") : Required(number);
        var kind = isDistinct ? Aggregate.Sum : number.Choice("aggregate", Aggregate.Sum, Aggregates[..^1]);
        number.RefuseOthers();
        return of is null ? new UserNumber.Events() : isDistinct ? new UserNumber.Distinct(of) : new UserNumber.Property(of, kind);
    }

    static Summary SummaryOf(DefinitionFields measure)
    {
        if (measure.Any("as") is not { ValueKind: JsonValueKind.Object }) return new(measure.Choice("as", Aggregate.Average, Aggregates));
        var summary = measure.Object("as", "{\"percentile\": 90}")!;
        var fraction = Fraction(summary) ?? 0;
        summary.RefuseOthers();
        return Summary.Percentile(fraction);
    }

    static Expression? Required(DefinitionFields fields)
    {
        if (fields.Any("of") is null) fields.Fail("of", "It is required.", "event.price, or an expression");
        return Expressions.Breakdown(fields, "of");
    }

    /// <summary><c>percentile</c>, from 0 to 100, as a fraction.</summary>
    static double? Fraction(DefinitionFields fields)
    {
        if (fields.Any("percentile") is { ValueKind: JsonValueKind.Number } found && found.TryGetDouble(out var percentile) && percentile is >= 0 and <= 100) return percentile / 100;
        fields.Fail("percentile", "It must be a number within bounds.", "0 to 100");
        return null;
    }

    static double[]? Edges(DefinitionFields measure)
    {
        var edges = measure.List("edges", EdgesValid);
        if (edges.Count == 0) return null;
        if (edges.All(edge => edge.Element.ValueKind == JsonValueKind.Number)) return [.. edges.Select(edge => edge.Element.GetDouble())];
        measure.Fail("edges", "They must be numbers.", EdgesValid);
        return null;
    }
}
