using System.Text.Json;
using Cairn.Api.V1.Query;
using Cairn.Projects;
using Cairn.Query.Definitions;
using NodaTime;

namespace Cairn.Api.V1.Funnels;

/// <summary>Reads a funnel from our own JSON.</summary>
/// <remarks>
/// Fields and examples: docs/semantics/funnels.md, "Asking". For example
/// <code>
/// {"range": {"from": "2025-06-01", "to": "2025-06-30"}, "steps": ["Sign Up", {"event": "Purchase", "filter": "properties[\"price\"] > 10"}],
///  "window": {"days": 7}, "breakdowns": ["event.plan"]}
/// </code>
/// </remarks>
public static class FunnelBody
{
    const string StepsValid = "a list of 1 to 20 steps such as \"Sign Up\" or {\"event\": \"Sign Up\", \"filter\": \"…\"}",
        ExclusionValid = "{\"event\": \"Refund\", \"from_step\": 1, \"to_step\": 2}",
        AttributionValid = "first, last, or an object such as {\"step\": 2}";

    /// <summary>The definition; null where <paramref name="errors"/> says what is wrong.</summary>
    public static FunnelDefinition? Read(JsonElement body, ReportProject project, Instant now, List<FieldError> errors)
    {
        var fields = new DefinitionFields(body, "", errors);
        project = ReportFields.Project(fields, project);
        (project, now) = ReportFields.AsOf(fields, project, now);
        var steps = fields.List("steps", StepsValid).Select(item => Step(item.Element, item.Path, errors)).ToArray();
        if (steps.Length == 0) fields.Fail("steps", "It must name at least one step.", StepsValid);
        var definition = new FunnelDefinition
        {
            Project = project,
            Now = now,
            Range = ReportFields.Range(fields, project, now),
            Unit = Trend(fields),
            Steps = steps,
            Window = WindowField.Read(fields, TimeSpan.FromDays(7), ConversionWindow.MostSessions),
            Order = fields.Choice("order", FunnelOrder.This, ("this", FunnelOrder.This), ("any", FunnelOrder.Any), ("exact", FunnelOrder.Exact)),
            Counting = fields.Choice("counting", FunnelCounting.Uniques, ("uniques", FunnelCounting.Uniques), ("totals", FunnelCounting.Totals), ("sessions", FunnelCounting.Sessions)),
            Exclusions = [.. fields.List("exclusions", $"a list of objects such as {ExclusionValid}").Select(item => Exclusion(item.Element, item.Path, steps.Length, errors))],
            Held = [.. Expressions.Breakdowns(fields, "hold_constant").Select(held => held.By)],
            Filter = Expressions.Filter(fields, "filter"),
            Compared = ReportFields.Compared(fields, errors),
            Entrants = fields.Choice("entrants", FunnelEntrants.Everyone, ("everyone", FunnelEntrants.Everyone), ("new", FunnelEntrants.NewInRange)),
            Breakdowns = Expressions.Breakdowns(fields, "breakdowns", CutFields.Of(fields, project, findsRanges: true)),
            Attribution = Attribution(fields),
            Sum = Expressions.Breakdown(fields, "sum"),
            WithTimes = fields.Flag("times", true),
            Limit = fields.Whole("limit", 60, 1, FunnelDefinition.MaxLimit),
            Switches = FunnelSwitchFields.Read(fields),
        };
        // Who is behind a number is asked beside the funnel, see FunnelPeopleBody.
        fields.Any("people");
        fields.RefuseOthers();
        return errors.Count == 0 ? definition : null;
    }

    static BucketSize? Trend(DefinitionFields fields)
    {
        var size = ReportFields.Unit(fields);
        return fields.Any("unit") is null ? null : size;
    }

    static FunnelStep Step(JsonElement element, string path, List<FieldError> errors)
    {
        if (element.ValueKind != JsonValueKind.Object) return FunnelStep.Of(ReportFields.Event(element, path, errors));
        var fields = new DefinitionFields(element, path, errors);
        var isAnchored = fields.Flag("anchored", false);
        var (anyOf, label) = AnyOf(fields, errors);
        fields.RefuseOthers();
        return new(anyOf, label, isAnchored);
    }

    static FunnelExclusion Exclusion(JsonElement element, string path, int stepCount, List<FieldError> errors)
    {
        if (element.ValueKind != JsonValueKind.Object) return new([ReportFields.Event(element, path, errors)], 1, stepCount);
        var fields = new DefinitionFields(element, path, errors);
        var (from, to) = (fields.Whole("from_step", 1, 1, FunnelDefinition.MaxSteps), fields.Whole("to_step", stepCount, 1, FunnelDefinition.MaxSteps));
        var (anyOf, _) = AnyOf(fields, errors);
        fields.RefuseOthers();
        return new(anyOf, from, to);
    }

    /// <summary>Either the event that the object itself describes, or the several under <c>events</c>.</summary>
    static (IReadOnlyList<EventSelection> AnyOf, string? Label) AnyOf(DefinitionFields fields, List<FieldError> errors)
    {
        if (fields.Any("events") is null)
        {
            var one = ReportFields.Event(fields);
            return ([one], one.Label);
        }
        EventSelection[] several = [.. fields.List("events", "a list of objects such as {\"event\": \"Signed Up\"}").Select(item => ReportFields.Event(item.Element, item.Path, errors))];
        if (several.Length == 0) fields.Fail("events", "It must name at least one event.", "a list of objects such as {\"event\": \"Signed Up\"}");
        return (several, fields.Text("label", "a text"));
    }

    static FunnelAttribution Attribution(DefinitionFields fields)
    {
        if (fields.Any("attribution") is not { ValueKind: JsonValueKind.Object })
            return fields.Choice("attribution", FunnelAttribution.AtStep(1), ("first", FunnelAttribution.First), ("last", FunnelAttribution.Last));
        var attribution = fields.Object("attribution", AttributionValid)!;
        var step = attribution.Whole("step", 1, 1, FunnelDefinition.MaxSteps);
        attribution.RefuseOthers();
        return FunnelAttribution.AtStep(step);
    }
}
