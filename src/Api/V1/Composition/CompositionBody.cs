using System.Text.Json;
using Cairn.Api.V1.Query;
using Cairn.Projects;
using Cairn.Query.Definitions;
using NodaTime;

namespace Cairn.Api.V1.Composition;

/// <summary>Reads a composition definition from our own JSON.</summary>
/// <remarks>
/// Fields and examples: docs/semantics/composition.md, "Asking". For example
/// <code>
/// {"range": {"last_days": 30}, "by": ["user.plan@event"], "values": "latest", "limit": 10}
/// </code>
/// </remarks>
public static class CompositionBody
{
    /// <summary>The definition; null where <paramref name="errors"/> says what is wrong.</summary>
    /// <param name="cell">The number whose people are asked for; null where the whole answer is.</param>
    public static CompositionDefinition? Read(JsonElement body, ReportProject project, Instant now, List<FieldError> errors, out CompositionCell? cell) =>
        Read(body, project, now, errors, out cell, out _);

    internal static CompositionDefinition? Read(JsonElement body, ReportProject project, Instant now, List<FieldError> errors, out CompositionCell? cell, out PeoplePage page)
    {
        var fields = new DefinitionFields(body, "", errors);
        project = ReportFields.Project(fields, project);
        var events = fields.List("events", "a list of 1 to 50 objects such as {\"event\": \"Played\"}").Select(item => ReportFields.Event(item.Element, item.Path, errors)).ToArray();
        if (fields.Any("by") is null) fields.Fail("by", "It is required.", "a list of properties such as user.plan@event");
        var definition = new CompositionDefinition
        {
            Project = project,
            Now = now,
            Range = ReportFields.Range(fields, project, now),
            Events = events.Length > 0 ? events : [EventSelection.Every("any event")],
            Filter = Expressions.Filter(fields, "filter"),
            By = Expressions.Breakdowns(fields, "by", CutFields.Of(fields, project)),
            Values = fields.Choice("values", CompositionValues.Each, ("each", CompositionValues.Each), ("latest", CompositionValues.Latest), ("set", CompositionValues.Set)),
            Limit = fields.Whole("limit", 60, 1, SegmentationDefinition.MaxLimit),
            Switches = ReportFields.Switches(fields),
        };
        (cell, page) = CellOf(fields);
        fields.RefuseOthers();
        return errors.Count == 0 ? definition : null;
    }

    static (CompositionCell? Cell, PeoplePage Page) CellOf(DefinitionFields fields)
    {
        if (fields.Object("people", "{\"keys\": [\"pro\"]}, {\"other\": true}, or {} for everybody") is not { } people) return (null, default);
        var keys = people.Any("keys") is null ? null : people.List("keys", "the value of each property, or the values of the set").Select(item => item.Element.ToString()).ToArray();
        var isOther = people.Flag("other", false);
        if (isOther && keys is not null) people.Fail("other", "The values are named already.", "leave keys out, or other");
        var page = PeoplePage.Read(people);
        people.RefuseOthers();
        return (new(keys, isOther), page);
    }
}
