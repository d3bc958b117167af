using System.Text.Json;
using Cairn.Api.V1.Query;
using Cairn.Projects;
using Cairn.Query.Definitions;
using Cairn.Query.Formulas;
using Cairn.Query.Segmentation;
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
    const string EventsValid = "a list of 1 to 100 objects such as {\"event\": \"Signed Up\"}", FormulasValid = "a list of objects such as {\"label\": \"Conversion\", \"formula\": \"B / A * 100\"}";

    /// <summary>The definition; null where <paramref name="errors"/> says what is wrong.</summary>
    public static SegmentationDefinition? Read(JsonElement body, ReportProject project, Instant now, List<FieldError> errors) => Read(body, project, now, errors, out _, out _);

    /// <param name="number">The number whose people are asked for; null where the whole answer is.</param>
    internal static SegmentationDefinition? Read(JsonElement body, ReportProject project, Instant now, List<FieldError> errors, out SegmentationNumber? number, out PeoplePage page)
    {
        var fields = new DefinitionFields(body, "", errors);
        project = ReportFields.Project(fields, project);
        var range = ReportFields.Range(fields, project, now);
        var common = new Metric(MetricFields.Measure(fields), MetricFields.Lookback(fields));
        var (events, metrics) = EventsOf(fields, common, CutFields.Of(fields, project, findsRanges: true), errors);
        var compared = ReportFields.Compared(fields, errors);
        var definition = new SegmentationDefinition
        {
            Project = project,
            Now = now,
            Range = range,
            Unit = ReportFields.Unit(fields),
            Events = events,
            Metrics = metrics.TrueForAll(metric => metric == common) ? [] : metrics,
            Filter = Expressions.Filter(fields, "filter"),
            Compared = compared,
            Breakdowns = Expressions.Breakdowns(fields, "breakdowns", CutFields.Of(fields, project, findsRanges: true)),
            Measure = common.Measure,
            Lookback = common.Lookback,
            Formulas = FormulasOf(fields, events.Count, compared.Count, errors),
            WithOverall = fields.Flag("overall", false),
            WithOther = fields.Flag("other", false),
            Previous = PreviousOf(fields),
            Limit = fields.Whole("limit", 60, 1, SegmentationDefinition.MaxLimit),
            Switches = SwitchesOf(fields),
        };
        if (definition.Events.Count == 0) fields.Fail("events", "It must name at least one event.", EventsValid);
        number = NumberFields.Read(fields, out page);
        fields.RefuseOthers();
        return errors.Count == 0 ? definition : null;
    }

    /// <summary><c>events</c>: each may show something of its own, for formulas join what differs.</summary>
    static (List<EventSelection> Events, List<Metric> Metrics) EventsOf(DefinitionFields fields, Metric common, CutFields cuts, List<FieldError> errors)
    {
        var (events, metrics) = (new List<EventSelection>(), new List<Metric>());
        foreach (var (element, path) in fields.List("events", EventsValid))
        {
            if (element.ValueKind != JsonValueKind.Object)
            {
                events.Add(ReportFields.Event(element, path, errors));
                metrics.Add(common);
                continue;
            }
            var own = new DefinitionFields(element, path, errors);
            events.Add(ReportFields.Event(own) with { Breakdowns = Expressions.Breakdowns(own, "breakdowns", cuts) });
            metrics.Add(new(own.Any("measure") is null ? common.Measure : MetricFields.Measure(own), own.Any("look_back") is null ? common.Lookback : MetricFields.Lookback(own)));
            own.RefuseOthers();
        }
        return (events, metrics);
    }

    static List<NamedFormula> FormulasOf(DefinitionFields fields, int eventCount, int comparedCount, List<FieldError> errors)
    {
        var formulas = new List<NamedFormula>();
        foreach (var (element, path) in fields.List("formulas", FormulasValid))
        {
            if (element.ValueKind != JsonValueKind.Object)
            {
                errors.Add(new(path, "It must be an object.", FormulasValid));
                continue;
            }
            var own = new DefinitionFields(element, path, errors);
            var (text, label) = (own.Text("formula", "B / A * 100"), own.Text("label", "a text"));
            own.RefuseOthers();
            if (text is null)
            {
                own.Fail("formula", "It is required.", "B / A * 100, where A is the first event");
                continue;
            }
            try
            {
                formulas.Add(new(label ?? text, new LineFormulas(eventCount, comparedCount).Read(text)));
            }
            catch (FormulaException fault)
            {
                own.Fail("formula", fault.Message, "B / A * 100, where A is the first event");
            }
        }
        return formulas;
    }

    static Switches SwitchesOf(DefinitionFields fields)
    {
        var preset = ReportFields.Preset(fields);
        if (fields.Object("switches", "{\"first_day_of_week\": \"sunday\"}") is not { } switches) return preset;
        var chosen = ReportFields.Over(preset, switches) with { Sessions = SessionSwitchFields.Over(preset.Sessions, switches) };
        switches.RefuseOthers();
        return chosen;
    }

    /// <summary><c>previous</c>: <c>{}</c> for the range before, or how far back.</summary>
    static PreviousPeriod? PreviousOf(DefinitionFields fields)
    {
        if (fields.Object("previous", "{} for the range before this one, or {\"unit\": \"week\", \"interval\": 1}") is not { } previous) return null;
        var back = previous.Any("unit") is null ? (BucketSize?)null : ReportFields.Unit(previous);
        previous.RefuseOthers();
        return new(back);
    }
}
