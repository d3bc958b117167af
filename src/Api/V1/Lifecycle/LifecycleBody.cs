using System.Text.Json;
using Cairn.Api.V1.Query;
using Cairn.Projects;
using Cairn.Query.Definitions;
using NodaTime;

namespace Cairn.Api.V1.Lifecycle;

/// <summary>Reads a lifecycle definition from our own JSON.</summary>
/// <remarks>
/// Fields and examples: docs/semantics/lifecycle.md, "Asking". For example
/// <code>
/// {"range": {"from": "2025-06-02", "to": "2025-06-29"}, "unit": "week", "events": [{"event": "Played"}]}
/// </code>
/// </remarks>
public static class LifecycleBody
{
    /// <summary>The definition; null where <paramref name="errors"/> says what is wrong.</summary>
    /// <param name="cell">The number whose people are asked for; null where the whole answer is.</param>
    public static LifecycleDefinition? Read(JsonElement body, ReportProject project, Instant now, List<FieldError> errors, out LifecycleCell? cell) =>
        Read(body, project, now, errors, out cell, out _);

    internal static LifecycleDefinition? Read(JsonElement body, ReportProject project, Instant now, List<FieldError> errors, out LifecycleCell? cell, out PeoplePage page)
    {
        var fields = new DefinitionFields(body, "", errors);
        project = ReportFields.Project(fields, project);
        var events = fields.List("events", "a list of 1 to 50 objects such as {\"event\": \"Played\"}").Select(item => ReportFields.Event(item.Element, item.Path, errors)).ToArray();
        var definition = new LifecycleDefinition
        {
            Project = project,
            Now = now,
            Range = ReportFields.Range(fields, project, now),
            Events = events.Length > 0 ? events : [EventSelection.Every("any event")],
            Filter = Expressions.Filter(fields, "filter"),
            Unit = new(fields.Choice("unit", TimeUnit.Week, ("day", TimeUnit.Day), ("week", TimeUnit.Week), ("month", TimeUnit.Month)), fields.Whole("interval", 1, 1, 366)),
            Breakdowns = Expressions.Breakdowns(fields, "breakdowns", CutFields.Of(fields, project)),
            Limit = fields.Whole("limit", 60, 1, SegmentationDefinition.MaxLimit),
            Switches = ReportFields.Switches(fields),
        };
        (cell, page) = CellOf(fields);
        fields.RefuseOthers();
        return errors.Count == 0 ? definition : null;
    }

    static (LifecycleCell? Cell, PeoplePage Page) CellOf(DefinitionFields fields)
    {
        const string valid = "{\"row\": \"2025-06-02\", \"status\": \"dormant\"}";
        if (fields.Object("people", valid) is not { } people) return (null, default);
        var errorsBefore = fields.Errors.Count;
        var row = ReportFields.Date(people, "row");
        var status = people.Choice("status", LifecycleStatus.None,
            ("new", LifecycleStatus.New), ("current", LifecycleStatus.Current), ("resurrected", LifecycleStatus.Resurrected), ("dormant", LifecycleStatus.Dormant));
        if (fields.Errors.Count == errorsBefore && row is null) people.Fail("row", "It is required.", valid);
        if (fields.Errors.Count == errorsBefore && status == LifecycleStatus.None) people.Fail("status", "It is required.", valid);
        string[] keys = [.. people.List("keys", "the values that the series is of").Select(item => item.Element.ToString())];
        var page = PeoplePage.Read(people);
        people.RefuseOthers();
        return (new(row ?? default, status, keys), page);
    }
}
