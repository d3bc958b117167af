using System.Text.Json;
using Cairn.Api.V1.Funnels;
using Cairn.Api.V1.Query;
using Cairn.Projects;
using Cairn.Query.Definitions;
using Cairn.Query.Funnels;
using NodaTime;

namespace Cairn.Api.V1.Cohorts;

/// <summary>Reads a tree of cohort conditions.</summary>
static class ConditionFields
{
    const string Valid = "an object with one of all, any, not, did, did_not, first_did, sequence, latest, user, cohort or funnel", WithinValid = "{\"from\": \"2025-06-01\", \"to\": \"2025-06-07\"}, one of both, or {\"last_days\": 30}";

    static readonly CohortCondition Nobody = new CohortCondition.Any([]);

    /// <summary>The condition in a field; whatever where <paramref name="errors"/> says what is wrong.</summary>
    public static CohortCondition Read(DefinitionFields fields, string name, ReportProject project, Instant now, List<FieldError> errors)
    {
        if (fields.Any(name) is { } found) return Of(found, fields.PathOf(name), 1, project, now, errors);
        fields.Fail(name, "It is required.", Valid);
        return Nobody;
    }

    static CohortCondition Of(JsonElement element, string path, int depth, ReportProject project, Instant now, List<FieldError> errors)
    {
        if (depth > CohortDefinition.MaxDepth)
        {
            errors.Add(new(path, "Conditions are nested too deep.", $"at most {CohortDefinition.MaxDepth} deep"));
            return Nobody;
        }
        if (element.ValueKind != JsonValueKind.Object)
        {
            errors.Add(new(path, "It must be an object.", Valid));
            return Nobody;
        }
        var fields = new DefinitionFields(element, path, errors);
        var condition = element.EnumerateObject().Select(member => member.Name).FirstOrDefault(IsKind) switch
        {
            "all" => new CohortCondition.All(Several("all")),
            "any" => new CohortCondition.Any(Several("any")),
            "not" => new CohortCondition.Not(Of(fields.Any("not") ?? default, fields.PathOf("not"), depth + 1, project, now, errors)),
            "did" => Did(fields, project, now, errors),
            "did_not" => new CohortCondition.Did(Events(fields, "did_not", errors), new CohortMeasure.Count(), Comparison.Exactly, 0, Within(fields, project, now)),
            "first_did" => new CohortCondition.FirstDid(Events(fields, "first_did", errors), Within(fields, project, now)),
            "sequence" => Sequence(fields, project, now, errors),
            "latest" => Latest(fields, project, now, errors),
            "user" => Expressions.Filter(fields, "user") is { } matches ? new CohortCondition.IsNow(matches) : Nobody,
            "funnel" => Funnel(fields, project, now, errors),
            "cohort" => new CohortCondition.In(fields.Text("cohort", "a cohort's id") ?? ""),
            _ => null,
        };
        if (condition is null) errors.Add(new(path, "It is no condition.", Valid));
        else fields.RefuseOthers();
        return condition ?? Nobody;

        CohortCondition[] Several(string name) =>
            [.. fields.List(name, "a list of conditions").Select(item => Of(item.Element, item.Path, depth + 1, project, now, errors))];
    }

    static bool IsKind(string name) => name is "all" or "any" or "not" or "did" or "did_not" or "first_did" or "sequence" or "latest" or "user" or "cohort" or "funnel";

    static CohortCondition.Did Did(DefinitionFields fields, ReportProject project, Instant now, List<FieldError> errors) => new(
        Events(fields, "did", errors),
        Measure(fields),
        fields.Choice("is", Comparison.AtLeast,
            ("at_least", Comparison.AtLeast), ("more_than", Comparison.MoreThan), ("at_most", Comparison.AtMost),
            ("less_than", Comparison.LessThan), ("exactly", Comparison.Exactly), ("other_than", Comparison.OtherThan)),
        Number(fields, "value", 1),
        Within(fields, project, now));

    static CohortMeasure Measure(DefinitionFields fields)
    {
        const string valid = "count, days, {\"distinct\": \"event.item\"} or {\"aggregate\": \"sum\", \"of\": \"event.price\"}";
        if (fields.Any("measure") is not { ValueKind: JsonValueKind.Object })
            return fields.Choice<CohortMeasure>("measure", new CohortMeasure.Count(), ("count", new CohortMeasure.Count()), ("days", new CohortMeasure.Days()));
        var measure = fields.Object("measure", valid)!;
        var distinct = Expressions.Breakdown(measure, "distinct");
        var kind = measure.Choice("aggregate", Aggregate.Sum,
            ("sum", Aggregate.Sum), ("average", Aggregate.Average), ("min", Aggregate.Least), ("max", Aggregate.Greatest), ("median", Aggregate.Median));
        var errorsBefore = measure.Errors.Count;
        var of = Expressions.Breakdown(measure, "of");
        if (distinct is null && of is null && measure.Errors.Count == errorsBefore) measure.Fail("of", "It is required.", valid);
        measure.RefuseOthers();
        return distinct is not null ? new CohortMeasure.Distinct(distinct) : of is not null ? new CohortMeasure.Number(of, kind) : new CohortMeasure.Count();
    }

    static CohortCondition.Sequence Sequence(DefinitionFields fields, ReportProject project, Instant now, List<FieldError> errors)
    {
        var steps = fields.List("sequence", "a list of events, or of lists of events any of which will do").Select(item => Events(item.Element, item.Path, errors)).ToArray();
        long? inMs = null;
        if (fields.Object("in", "{\"days\": 7}") is { } duration)
        {
            var seconds = duration.Whole("days", 0, 0, 36_600) * 86_400L + duration.Whole("hours", 0, 0, 1_000_000) * 3_600L + duration.Whole("minutes", 0, 0, 1_000_000) * 60L + duration.Whole("seconds", 0, 0, 1_000_000_000);
            duration.RefuseOthers();
            inMs = seconds * 1000;
        }
        return new(steps, inMs, Within(fields, project, now));
    }

    static CohortCondition Latest(DefinitionFields fields, ReportProject project, Instant now, List<FieldError> errors)
    {
        var events = Events(fields, "latest", errors);
        var errorsBefore = fields.Errors.Count;
        var matches = Expressions.Filter(fields, "matches");
        if (matches is null && fields.Errors.Count == errorsBefore) fields.Fail("matches", "It is required.", "a condition on the last of these events");
        var within = Within(fields, project, now);
        return matches is null ? Nobody : new CohortCondition.Latest(events, matches, within);
    }

    static CohortCondition Funnel(DefinitionFields fields, ReportProject project, Instant now, List<FieldError> errors)
    {
        var found = new List<FieldError>();
        if (fields.Object("funnel", "the question as POST /api/v1/query/funnels takes it") is null) return Nobody;
        var funnel = FunnelBody.Read(fields.Any("funnel")!.Value, project, now, found);
        errors.AddRange(found.Select(error => error with { Field = fields.PathOf($"funnel.{error.Field}") }));
        var who = fields.Choice("who", FunnelWho.Reached, ("reached", FunnelWho.Reached), ("dropped", FunnelWho.Dropped), ("excluded", FunnelWho.Excluded));
        var step = fields.Whole("step", funnel?.Steps.Count ?? 1, 1, FunnelDefinition.MaxSteps);
        return funnel is null ? Nobody : new CohortCondition.InFunnel(funnel, who, step);
    }

    static IReadOnlyList<EventSelection> Events(DefinitionFields fields, string name, List<FieldError> errors) => Events(fields.Any(name) ?? default, fields.PathOf(name), errors);

    static IReadOnlyList<EventSelection> Events(JsonElement element, string path, List<FieldError> errors)
    {
        if (element.ValueKind != JsonValueKind.Array) return [ReportFields.Event(element, path, errors)];
        if (element.GetArrayLength() == 0) errors.Add(new(path, "It must name at least one event.", "{\"event\": \"Purchase\"}, or a list of such objects"));
        return [.. element.EnumerateArray().Select((item, index) => ReportFields.Event(item, $"{path}[{index}]", errors))];
    }

    /// <summary><c>within</c>: whole days of the project's zone; ever where absent.</summary>
    static TimeRange Within(DefinitionFields fields, ReportProject project, Instant now)
    {
        if (fields.Object("within", WithinValid) is not { } within) return TimeRange.Ever;
        var (from, to, lastDays) = (ReportFields.Date(within, "from"), ReportFields.Date(within, "to"), within.Whole("last_days", 0, 1, 36_600));
        within.RefuseOthers();
        var today = project.Today(now);
        if (lastDays > 0) return project.Days(today.PlusDays(1 - lastDays), today);
        if (to < from) within.Fail("to", "It is before from.", WithinValid);
        return new(
            from is null ? Instant.MinValue : project.Zone.AtStartOfDay(from.Value).ToInstant(),
            to is null ? Instant.MaxValue : project.Zone.AtStartOfDay(to.Value.PlusDays(1)).ToInstant());
    }

    static double Number(DefinitionFields fields, string name, double fallback)
    {
        if (fields.Any(name) is not { } found) return fallback;
        if (found.ValueKind == JsonValueKind.Number && found.TryGetDouble(out var number) && double.IsFinite(number)) return number;
        fields.Fail(name, "It must be a number.", "such as 2 or 9.5");
        return fallback;
    }
}
