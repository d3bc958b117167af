using System.Text.Json;
using Cairn.Api.V1.Query;
using Cairn.Projects;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using NodaTime;

namespace Cairn.Api.V1.Segmentation;

/// <summary>Reads a segmentation definition from our own JSON.</summary>
/// <remarks>
/// Fields and examples: docs/semantics/segmentation.md, "Asking". For example
/// <code>
/// {"range": {"from": "2025-06-01", "to": "2025-06-07"}, "unit": "day", "events": [{"event": "Signed Up"}],
///  "measure": "uniques", "breakdowns": ["user.plan"]}
/// </code>
/// </remarks>
public static class SegmentationBody
{
    const string EventsValid = "a list of 1 to 100 objects such as {\"event\": \"Signed Up\"}", MeasureValid = "totals, uniques, average, active_share, or an object such as {\"aggregate\": \"sum\", \"of\": \"event.price\"}";

    /// <summary>The definition; null where <paramref name="errors"/> says what is wrong.</summary>
    public static SegmentationDefinition? Read(JsonElement body, ReportProject project, Instant now, List<FieldError> errors)
    {
        var fields = new DefinitionFields(body, "", errors);
        project = ReportFields.Project(fields, project);
        var range = ReportFields.Range(fields, project, now);
        var definition = new SegmentationDefinition
        {
            Project = project,
            Now = now,
            Range = range,
            Unit = ReportFields.Unit(fields),
            Events = [.. fields.List("events", EventsValid).Select(item => ReportFields.Event(item.Element, item.Path, errors))],
            Filter = Expressions.Filter(fields, "filter"),
            Compared = ReportFields.Compared(fields, errors),
            Breakdowns = Expressions.Breakdowns(fields, "breakdowns"),
            Measure = MeasureOf(fields),
            Limit = fields.Whole("limit", 60, 1, SegmentationDefinition.MaxLimit),
            Switches = SwitchesOf(fields),
        };
        if (definition.Events.Count == 0) fields.Fail("events", "It must name at least one event.", EventsValid);
        fields.RefuseOthers();
        return errors.Count == 0 ? definition : null;
    }

    static Measure MeasureOf(DefinitionFields fields)
    {
        if (fields.Any("measure") is not { ValueKind: JsonValueKind.Object })
            return fields.Choice<Measure>("measure", new Measure.Totals(),
                ("totals", new Measure.Totals()), ("uniques", new Measure.Uniques()), ("average", new Measure.AveragePerUser()), ("active_share", new Measure.ActiveShare()));
        var measure = fields.Object("measure", MeasureValid)!;
        var kind = measure.Choice("aggregate", Aggregate.Sum,
            ("sum", Aggregate.Sum), ("average", Aggregate.Average), ("min", Aggregate.Least), ("max", Aggregate.Greatest), ("median", Aggregate.Median));
        var of = Expressions.Breakdown(measure, "of");
        if (of is null) measure.Fail("of", "It is required.", "event.price, or an expression");
        measure.RefuseOthers();
        return of is null ? new Measure.Totals() : new Measure.Property(of, kind);
    }

    static Switches SwitchesOf(DefinitionFields fields)
    {
        var preset = ReportFields.Preset(fields);
        if (fields.Object("switches", "{\"first_day_of_week\": \"sunday\"}") is not { } switches) return preset;
        var chosen = ReportFields.Over(preset, switches);
        switches.RefuseOthers();
        return chosen;
    }
}
