using System.Text.Json;
using Cairn.Api.V1.Query;
using Cairn.Projects;
using Cairn.Query.Definitions;
using NodaTime;

namespace Cairn.Api.V1.Sessions;

/// <summary>Reads a sessions report from our own JSON.</summary>
/// <remarks>
/// Fields and examples: docs/semantics/sessions.md, "Asking". For example
/// <code>
/// {"range": {"from": "2025-06-01", "to": "2025-06-07"}, "unit": "day", "breakdowns": ["event.utm_source"]}
/// </code>
/// </remarks>
public static class SessionsBody
{
    /// <summary>The definition; null where <paramref name="errors"/> says what is wrong.</summary>
    public static SessionsDefinition? Read(JsonElement body, ReportProject project, Instant now, List<FieldError> errors)
    {
        var fields = new DefinitionFields(body, "", errors);
        project = ReportFields.Project(fields, project);
        var definition = new SessionsDefinition
        {
            Project = project,
            Now = now,
            Range = ReportFields.Range(fields, project, now),
            Unit = ReportFields.Unit(fields),
            Events = [.. fields.List("events", "a list of objects such as {\"event\": \"Purchase\"}").Select(item => ReportFields.Event(item.Element, item.Path, errors))],
            Filter = Expressions.Filter(fields, "filter"),
            Breakdowns = Expressions.Breakdowns(fields, "breakdowns", CutFields.Of(fields, project)),
            BinsMs = Bins(fields),
            Ends = fields.Whole("ends", 10, 0, SessionsDefinition.MaxEnds),
            Limit = fields.Whole("limit", 60, 1, SegmentationDefinition.MaxLimit),
            Switches = SwitchesOf(fields),
        };
        // What is behind a number is asked beside the report, see SessionsPeopleBody.
        fields.Any("people");
        fields.RefuseOthers();
        return errors.Count == 0 ? definition : null;
    }

    static IReadOnlyList<long> Bins(DefinitionFields fields)
    {
        const string valid = "a list of lengths in milliseconds, ascending: [0, 60000, 120000]";
        if (fields.Any("bins_ms") is null) return SessionsDefinition.DefaultBinsMs;
        var borders = new List<long>();
        foreach (var (element, path) in fields.List("bins_ms", valid))
        {
            if (element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out var border)) borders.Add(border);
            else fields.Fail(path, "It must be a whole number.", valid);
        }
        return borders;
    }

    static Switches SwitchesOf(DefinitionFields fields)
    {
        var preset = ReportFields.Preset(fields);
        if (fields.Object("switches", "{\"session_timeout_minutes\": 10}") is not { } switches) return preset;
        var chosen = ReportFields.Over(preset, switches) with { Sessions = SessionSwitchFields.CountedOver(preset.Sessions, switches) };
        switches.RefuseOthers();
        return chosen;
    }
}
