using System.Text.Json;
using Cairn.Api.V1.Query;
using Cairn.Projects;
using Cairn.Query.Definitions;
using NodaTime;

namespace Cairn.Api.V1.Retention;

/// <summary>Reads a retention definition from our own JSON.</summary>
/// <remarks>
/// Fields and examples: docs/semantics/retention.md, "Asking". For example
/// <code>
/// {"range": {"from": "2025-06-01", "to": "2025-06-07"}, "birth": {"event": "Signed Up"}, "return": {"event": "Played"},
///  "criterion": "on_or_after", "buckets": 7}
/// </code>
/// </remarks>
public static class RetentionBody
{
    const string BracketsValid = "a list such as [[0, 1], [1, 8], [8, 31]]", EventValid = "{\"event\": \"Signed Up\"}, or a list of such objects";

    /// <summary>The definition; null where <paramref name="errors"/> says what is wrong.</summary>
    /// <param name="cell">The number whose people are asked for; null where the whole answer is.</param>
    public static RetentionDefinition? Read(JsonElement body, ReportProject project, Instant now, List<FieldError> errors, out RetentionCell? cell) =>
        Read(body, project, now, errors, out cell, out _);

    internal static RetentionDefinition? Read(JsonElement body, ReportProject project, Instant now, List<FieldError> errors, out RetentionCell? cell, out PeoplePage page)
    {
        var fields = new DefinitionFields(body, "", errors);
        project = ReportFields.Project(fields, project);
        (project, now) = ReportFields.AsOf(fields, project, now);
        var preset = ReportFields.Preset(fields);
        var definition = new RetentionDefinition
        {
            Project = project,
            Now = now,
            Range = ReportFields.Range(fields, project, now),
            Birth = EventsOf(fields, "birth", errors, isRequired: true),
            Return = EventsOf(fields, "return", errors, isRequired: false),
            Filter = Expressions.Filter(fields, "filter"),
            Compared = ReportFields.Compared(fields, errors),
            Breakdowns = Expressions.Breakdowns(fields, "breakdowns", CutFields.Of(fields, project, findsRanges: true)),
            BreakdownAt = fields.Choice("breakdown_at", BreakdownAt.Birth, ("birth", BreakdownAt.Birth), ("return", BreakdownAt.Return), ("first_return", BreakdownAt.FirstReturn)),
            Births = fields.Choice("births", preset == Switches.Amplitude ? Births.Recurring : Births.FirstInRange,
                ("first_in_range", Births.FirstInRange), ("first_ever", Births.FirstEver), ("recurring", Births.Recurring)),
            Criterion = fields.Choice("criterion", RetentionCriterion.On,
                ("on", RetentionCriterion.On), ("on_or_after", RetentionCriterion.OnOrAfter), ("on_or_before", RetentionCriterion.OnOrBefore), ("streak", RetentionCriterion.Streak)),
            Alignment = fields.Choice("alignment", RetentionAlignment.Rolling, ("rolling", RetentionAlignment.Rolling), ("calendar", RetentionAlignment.Calendar)),
            Unit = UnitOf(fields),
            Buckets = BucketsOf(fields),
            SumOf = Expressions.Breakdown(fields, "sum_of"),
            Limit = fields.Whole("limit", 60, 1, RetentionDefinition.MaxLimit),
            Switches = SwitchesOf(fields, preset),
        };
        (cell, page) = CellOf(fields, definition);
        fields.RefuseOthers();
        return errors.Count == 0 ? definition : null;
    }

    static IReadOnlyList<EventSelection> EventsOf(DefinitionFields fields, string name, List<FieldError> errors, bool isRequired)
    {
        if (fields.Any(name) is not { } found)
        {
            if (isRequired) fields.Fail(name, "It is required.", EventValid);
            return [EventSelection.Every("any event")];
        }
        if (found.ValueKind != JsonValueKind.Array) return [ReportFields.Event(found, name, errors)];
        if (found.GetArrayLength() == 0) fields.Fail(name, "It must name at least one event.", EventValid);
        return [.. found.EnumerateArray().Select((item, index) => ReportFields.Event(item, $"{name}[{index}]", errors))];
    }

    static BucketSize UnitOf(DefinitionFields fields) => new(
        fields.Choice("unit", TimeUnit.Day, ("day", TimeUnit.Day), ("week", TimeUnit.Week), ("month", TimeUnit.Month)), fields.Whole("interval", 1, 1, 366));

    static IReadOnlyList<RetentionBucket> BucketsOf(DefinitionFields fields)
    {
        var last = fields.Whole("buckets", 7, 0, RetentionDefinition.MaxBuckets - 1);
        var brackets = new List<RetentionBucket>();
        foreach (var (element, path) in fields.List("brackets", BracketsValid))
        {
            if (element.ValueKind == JsonValueKind.Array && element.GetArrayLength() == 2 && element[0].ValueKind == JsonValueKind.Number && element[1].ValueKind == JsonValueKind.Number
                && element[0].TryGetInt32(out var from) && element[1].TryGetInt32(out var until)) brackets.Add(new(from, until));
            else fields.Fail(path, "It must be two whole numbers: the first unit, and the unit after the last.", BracketsValid);
        }
        return brackets.Count > 0 ? brackets : RetentionBucket.Each(last);
    }

    static Switches SwitchesOf(DefinitionFields fields, Switches preset)
    {
        if (fields.Object("switches", "{\"rolling_from\": \"hour\"}") is not { } switches) return preset;
        var own = preset.Retention;
        var chosen = ReportFields.Over(preset, switches) with
        {
            Retention = new(
                switches.Choice("rolling_from", own.RollingFrom, ("birth", RollingFrom.Birth), ("hour", RollingFrom.Hour)),
                switches.Flag("birth_returns", own.BirthReturns),
                switches.Choice("average", own.Average, ("weighted_by_size", RetentionAverage.WeightedBySize), ("pooled", RetentionAverage.Pooled))),
        };
        switches.RefuseOthers();
        return chosen;
    }

    static (RetentionCell? Cell, PeoplePage Page) CellOf(DefinitionFields fields, RetentionDefinition definition)
    {
        if (fields.Object("people", "{\"row\": \"2025-06-01\", \"bucket\": 1}") is not { } people) return (null, default);
        var keys = people.List("keys", "the values that the series is of").Select(item => item.Element.ToString()).ToArray();
        var cell = new RetentionCell(
            people.Whole("compared", 0, 0, Math.Max(1, definition.Compared.Count) - 1),
            keys,
            ReportFields.Date(people, "row"),
            people.Any("bucket") is null ? null : people.Whole("bucket", 0, 0, definition.Buckets.Count - 1));
        var page = PeoplePage.Read(people);
        people.RefuseOthers();
        return (cell, page);
    }
}
