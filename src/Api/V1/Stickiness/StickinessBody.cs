using System.Text.Json;
using Cairn.Api.V1.Query;
using Cairn.Projects;
using Cairn.Query.Definitions;
using NodaTime;

namespace Cairn.Api.V1.Stickiness;

/// <summary>Reads a stickiness definition from our own JSON.</summary>
/// <remarks>
/// Fields and examples: docs/semantics/stickiness.md, "Asking". For example
/// <code>
/// {"range": {"from": "2025-06-02", "to": "2025-06-29"}, "events": [{"event": "Played"}], "unit": "week", "of": "day"}
/// </code>
/// </remarks>
public static class StickinessBody
{
    /// <summary>The definition; null where <paramref name="errors"/> says what is wrong.</summary>
    /// <param name="cell">The number whose people are asked for; null where the whole answer is.</param>
    public static StickinessDefinition? Read(JsonElement body, ReportProject project, Instant now, List<FieldError> errors, out StickinessCell? cell) =>
        Read(body, project, now, errors, out cell, out _);

    internal static StickinessDefinition? Read(JsonElement body, ReportProject project, Instant now, List<FieldError> errors, out StickinessCell? cell, out PeoplePage page)
    {
        var fields = new DefinitionFields(body, "", errors);
        project = ReportFields.Project(fields, project);
        var events = fields.List("events", "a list of 1 to 50 objects such as {\"event\": \"Played\"}").Select(item => ReportFields.Event(item.Element, item.Path, errors)).ToArray();
        var unit = fields.Choice("unit", TimeUnit.Week, ("day", TimeUnit.Day), ("week", TimeUnit.Week), ("month", TimeUnit.Month));
        var definition = new StickinessDefinition
        {
            Project = project,
            Now = now,
            Range = ReportFields.Range(fields, project, now),
            Events = events.Length > 0 ? events : [EventSelection.Every("any event")],
            Filter = Expressions.Filter(fields, "filter"),
            Breakdowns = Expressions.Breakdowns(fields, "breakdowns", CutFields.Of(fields, project)),
            Unit = unit,
            Of = fields.Choice("of", unit == TimeUnit.Day ? TimeUnit.Hour : TimeUnit.Day, ("hour", TimeUnit.Hour), ("day", TimeUnit.Day)),
            Limit = fields.Whole("limit", 60, 1, SegmentationDefinition.MaxLimit),
            Switches = ReportFields.Switches(fields),
        };
        (cell, page) = CellOf(fields);
        fields.RefuseOthers();
        return errors.Count == 0 ? definition : null;
    }

    static (StickinessCell? Cell, PeoplePage Page) CellOf(DefinitionFields fields)
    {
        const string valid = "{\"row\": \"2025-06-02\", \"units\": 3, \"at_least\": true}";
        if (fields.Object("people", valid) is not { } people) return (null, default);
        var errorsBefore = fields.Errors.Count;
        if (ReportFields.Date(people, "row") is not { } period)
        {
            if (fields.Errors.Count == errorsBefore) people.Fail("row", "It is required.", valid);
            period = default;
        }
        var cell = new StickinessCell(
            [.. people.List("keys", "the values that the series is of").Select(item => item.Element.ToString())],
            period,
            people.Any("units") is null ? null : people.Whole("units", 1, 1, 168),
            people.Flag("at_least", false));
        var page = PeoplePage.Read(people);
        people.RefuseOthers();
        return (cell, page);
    }
}
