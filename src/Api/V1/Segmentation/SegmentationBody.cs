using System.Text.Json;
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
        project = ZoneOf(fields, project);
        var range = RangeOf(fields, project, now);
        var definition = new SegmentationDefinition
        {
            Project = project,
            Now = now,
            Range = range,
            Unit = new(UnitOf(fields), fields.Whole("interval", 1, 1, 1000)),
            Events = [.. fields.List("events", EventsValid).Select(item => EventOf(item.Element, item.Path, errors))],
            Filter = Expressions.Filter(fields, "filter"),
            Compared = [.. fields.List("compare", "a list of objects such as {\"label\": \"pro\", \"filter\": \"…\"}").Select(item => ComparedOf(item.Element, item.Path, errors))],
            Breakdowns = Expressions.Breakdowns(fields, "breakdowns"),
            Measure = MeasureOf(fields),
            Limit = fields.Whole("limit", 60, 1, SegmentationDefinition.MaxLimit),
            Switches = SwitchesOf(fields),
        };
        if (definition.Events.Count == 0) fields.Fail("events", "It must name at least one event.", EventsValid);
        fields.RefuseOthers();
        return errors.Count == 0 ? definition : null;
    }

    static ReportProject ZoneOf(DefinitionFields fields, ReportProject project)
    {
        if (fields.Text("time_zone", "an IANA name such as Europe/Berlin") is not { } name) return project;
        if (DateTimeZoneProviders.Tzdb.GetZoneOrNull(name) is { } zone) return project with { Zone = zone };
        fields.Fail("time_zone", $"There is no time zone '{name}'.", "an IANA name such as Europe/Berlin");
        return project;
    }

    static TimeRange RangeOf(DefinitionFields fields, ReportProject project, Instant now)
    {
        const string valid = "{\"from\": \"2025-06-01\", \"to\": \"2025-06-07\"} or {\"last_days\": 30}";
        var today = now.InZone(project.Zone).Date;
        if (fields.Object("range", valid) is not { } range)
        {
            if (fields.Errors.Count == 0) fields.Fail("range", "It is required.", valid);
            return project.Days(today, today);
        }
        var (from, to) = (DateOf(range, "from"), DateOf(range, "to"));
        var lastDays = range.Whole("last_days", 0, 1, 36_600);
        range.RefuseOthers();
        if (lastDays > 0) return project.Days(today.PlusDays(1 - lastDays), today);
        if (from is null || to is null || to < from) range.Fail(from is null ? "from" : "to", to < from ? "It is before from." : "It is required.", valid);
        return from is null || to is null ? project.Days(today, today) : project.Days(from.Value, to.Value);
    }

    static LocalDate? DateOf(DefinitionFields fields, string name)
    {
        if (fields.Text(name, "YYYY-MM-DD") is not { } text) return null;
        var parsed = NodaTime.Text.LocalDatePattern.Iso.Parse(text);
        if (parsed.Success && parsed.Value.Year is >= 1970 and <= 2999) return parsed.Value;
        fields.Fail(name, $"'{text}' is no date from 1970 to 2999.", "YYYY-MM-DD");
        return null;
    }

    static TimeUnit UnitOf(DefinitionFields fields) => fields.Choice("unit", TimeUnit.Day,
        ("minute", TimeUnit.Minute), ("hour", TimeUnit.Hour), ("day", TimeUnit.Day), ("week", TimeUnit.Week), ("month", TimeUnit.Month), ("quarter", TimeUnit.Quarter));

    static EventSelection EventOf(JsonElement element, string path, List<FieldError> errors)
    {
        if (element.ValueKind == JsonValueKind.String) return EventSelection.Named(element.GetString()!);
        if (element.ValueKind != JsonValueKind.Object)
        {
            errors.Add(new(path, "It must be an object.", "{\"event\": \"Signed Up\"}"));
            return EventSelection.Every("");
        }
        var fields = new DefinitionFields(element, path, errors);
        var name = fields.Text("event", "an event's name");
        var names = fields.List("any_of", "a list of event names").Select(item => item.Element.ToString()).ToArray();
        var label = fields.Text("label", "a text") ?? name ?? (names.Length == 0 ? "any event" : string.Join(" or ", names));
        var selection = new EventSelection(
            label, name is not null ? [name] : names.Length > 0 ? names : null, Expressions.Filter(fields, "filter"), Expressions.Breakdowns(fields, "breakdowns"));
        fields.RefuseOthers();
        return selection;
    }

    static ComparedFilter ComparedOf(JsonElement element, string path, List<FieldError> errors)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            errors.Add(new(path, "It must be an object.", "{\"label\": \"pro\", \"filter\": \"…\"}"));
            return new("", null);
        }
        var fields = new DefinitionFields(element, path, errors);
        var compared = new ComparedFilter(fields.Text("label", "a text") ?? path, Expressions.Filter(fields, "filter"));
        fields.RefuseOthers();
        return compared;
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
        var preset = fields.Choice("preset", Switches.Mixpanel, ("mixpanel", Switches.Mixpanel), ("amplitude", Switches.Amplitude));
        if (fields.Object("switches", "{\"first_day_of_week\": \"sunday\"}") is not { } switches) return preset;
        var days = Enum.GetValues<IsoDayOfWeek>().Where(day => day != IsoDayOfWeek.None).Select(day => (day.ToString().ToLowerInvariant(), day)).ToArray();
        var chosen = preset with
        {
            FirstDayOfWeek = switches.Choice("first_day_of_week", preset.FirstDayOfWeek, days),
            MissingKey = switches.Text("missing_key", "a text") ?? preset.MissingKey,
            RankBy = switches.Choice("rank_by", preset.RankBy, ("totals", RankBy.Totals), ("measure", RankBy.Measure)),
        };
        switches.RefuseOthers();
        return chosen;
    }
}
