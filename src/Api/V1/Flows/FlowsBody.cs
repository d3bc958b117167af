using System.Text.Json;
using Cairn.Api.V1.Query;
using Cairn.Projects;
using Cairn.Query.Definitions;
using NodaTime;

namespace Cairn.Api.V1.Flows;

/// <summary>Reads a flows report from our own JSON.</summary>
/// <remarks>
/// Fields and examples: docs/semantics/flows.md, "Asking". For example
/// <code>
/// {"range": {"from": "2025-06-01", "to": "2025-06-30"}, "anchors": ["Sign Up"], "forward": 3, "window": {"days": 7}}
/// </code>
/// </remarks>
public static class FlowsBody
{
    const string AnchorsValid = "a list of 1 to 10 anchors such as \"Sign Up\" or {\"event\": \"Sign Up\", \"filter\": \"…\"}", ExpandValid = "a list of objects such as {\"event\": \"View\", \"by\": \"event.page\"}";

    /// <summary>Events of a step told one by one, where nothing is asked for. Sources: Mixpanel docs, "Flows"; Amplitude docs, "Journeys".</summary>
    const int TopOfMixpanel = 3, TopOfAmplitude = 5;

    /// <summary>The definition; null where <paramref name="errors"/> says what is wrong.</summary>
    public static FlowsDefinition? Read(JsonElement body, ReportProject project, Instant now, List<FieldError> errors)
    {
        var fields = new DefinitionFields(body, "", errors);
        project = ReportFields.Project(fields, project);
        var anchors = fields.List("anchors", AnchorsValid).Select(item => Anchor(item.Element, item.Path, errors)).ToArray();
        if (anchors.Length == 0) fields.Fail("anchors", "It must name at least one anchor.", AnchorsValid);
        var isAmplitude = ReportFields.Preset(fields) == Switches.Amplitude;
        var definition = new FlowsDefinition
        {
            Project = project,
            Range = ReportFields.Range(fields, project, now),
            Anchors = anchors,
            Goal = [.. fields.List("goal", "a list of objects such as {\"event\": \"Purchase\"}").Select(item => ReportFields.Event(item.Element, item.Path, errors))],
            Forward = fields.Whole("forward", 3, 0, FlowsDefinition.MaxSteps),
            Reverse = fields.Whole("reverse", 0, 0, FlowsDefinition.MaxSteps),
            Top = fields.Whole("top", isAmplitude ? TopOfAmplitude : TopOfMixpanel, 1, FlowsDefinition.MaxTop),
            Window = WindowField.Read(fields, TimeSpan.FromDays(30), 1),
            Counting = fields.Choice("counting", FlowCounting.Uniques, ("uniques", FlowCounting.Uniques), ("totals", FlowCounting.Totals), ("sessions", FlowCounting.Sessions)),
            Hidden = [.. fields.List("hidden", "a list of event names").Select(item => item.Element.ToString())],
            CollapsesRepeats = fields.Flag("collapse_repeats", false),
            Expansions = [.. fields.List("expand", ExpandValid).Select(item => Expansion(item.Element, item.Path, errors)).OfType<FlowExpansion>()],
            Filter = Expressions.Filter(fields, "filter"),
            Paths = fields.Whole("paths", 0, 0, FlowsDefinition.MaxPaths),
            Switches = SwitchesOf(fields),
        };
        // Who is behind a number is asked beside the report, see FlowsPeopleBody.
        fields.Any("people");
        fields.RefuseOthers();
        return errors.Count == 0 ? definition : null;
    }

    /// <summary>An event, or several under <c>events</c> that are one anchor.</summary>
    static FlowAnchor Anchor(JsonElement element, string path, List<FieldError> errors)
    {
        if (element.ValueKind != JsonValueKind.Object) return new([ReportFields.Event(element, path, errors)]);
        var fields = new DefinitionFields(element, path, errors);
        FlowAnchor anchor;
        if (fields.Any("events") is null)
        {
            var one = ReportFields.Event(fields);
            anchor = new([one], one.Label);
        }
        else
        {
            anchor = new([.. fields.List("events", "a list of objects such as {\"event\": \"Sign Up\"}").Select(item => ReportFields.Event(item.Element, item.Path, errors))], fields.Text("label", "a text"));
            if (anchor.AnyOf.Count == 0) fields.Fail("events", "It must name at least one event.", "a list of objects such as {\"event\": \"Sign Up\"}");
        }
        fields.RefuseOthers();
        return anchor;
    }

    static FlowExpansion? Expansion(JsonElement element, string path, List<FieldError> errors)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            errors.Add(new(path, "It must be an object.", ExpandValid));
            return null;
        }
        var fields = new DefinitionFields(element, path, errors);
        var (name, by) = (fields.Text("event", "an event's name"), Expressions.Breakdown(fields, "by"));
        var hadErrors = fields.Errors.Any(error => error.Field.StartsWith(path, StringComparison.Ordinal));
        if (name is null && !hadErrors) fields.Fail("event", "It is required.", ExpandValid);
        if (by is null && !hadErrors) fields.Fail("by", "It is required.", ExpandValid);
        fields.RefuseOthers();
        return name is null || by is null ? null : new(name, by);
    }

    static Switches SwitchesOf(DefinitionFields fields)
    {
        var preset = ReportFields.Preset(fields);
        if (fields.Object("switches", "{\"session_timeout_minutes\": 10}") is not { } switches) return preset;
        var chosen = ReportFields.Over(preset, switches) with { Sessions = SessionSwitchFields.Over(preset.Sessions, switches) };
        switches.RefuseOthers();
        return chosen;
    }
}
