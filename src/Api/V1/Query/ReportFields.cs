using System.Text.Json;
using Cairn.Projects;
using Cairn.Projects.Reports;
using Cairn.Query.Definitions;
using NodaTime;
using NodaTime.Text;

namespace Cairn.Api.V1.Query;

/// <summary>The fields that every report of our own API shares: range, time zone, unit, events, compared filters, switches.</summary>
/// <remarks>One JSON model for all reports, so that what is learnt for one holds for the next. For example
/// <code>
/// {"range": {"from": "2025-06-01", "to": "2025-06-07"}, "time_zone": "Europe/Berlin", "unit": "day", "preset": "amplitude"}
/// </code>
/// </remarks>
static class ReportFields
{
    const string RangeValid = "{\"from\": \"2025-06-01\", \"to\": \"2025-06-07\"} or {\"last_days\": 30}", ZoneValid = "an IANA name such as Europe/Berlin";

    /// <summary>The project as the question sees it: <c>time_zone</c> and <c>count_by</c>.</summary>
    public static ReportProject Project(DefinitionFields fields, ReportProject project)
    {
        project = Zone(fields, project);
        return fields.Text("count_by", "a group key such as company_id; users where absent") is { } groupKey ? project with { CountBy = groupKey } : project;
    }

    /// <summary><c>as_of</c>: the project and the moment as they were at the end of a day; events after it are left out.</summary>
    public static (ReportProject Project, Instant Now) AsOf(DefinitionFields fields, ReportProject project, Instant now)
    {
        if (Date(fields, DefinitionKey.AsOf) is not { } day) return (project, now);
        return AsOf(project, day.ToDateOnly());
    }

    /// <summary>The project and the moment as they were at the end of a day.</summary>
    public static (ReportProject Project, Instant Now) AsOf(ReportProject project, DateOnly day)
    {
        var end = project.Zone.AtStartOfDay(LocalDate.FromDateOnly(day).PlusDays(1)).ToInstant();
        // A funnel within a cohort can't look beyond it.
        if (project.EventsBefore is { } outer && outer < end) end = outer;
        return (project with { EventsBefore = end }, end);
    }

    /// <summary><c>time_zone</c>: the project as it would be in another zone.</summary>
    static ReportProject Zone(DefinitionFields fields, ReportProject project)
    {
        if (fields.Text("time_zone", ZoneValid) is not { } name) return project;
        if (DateTimeZoneProviders.Tzdb.GetZoneOrNull(name) is { } zone) return project with { Zone = zone };
        fields.Fail("time_zone", $"There is no time zone '{name}'.", ZoneValid);
        return project;
    }

    /// <summary><c>range</c>: days of the project's zone, both included; today where it is wrong.</summary>
    public static TimeRange Range(DefinitionFields fields, ReportProject project, Instant now)
    {
        var today = project.Today(now);
        var errorsBefore = fields.Errors.Count;
        if (fields.Object("range", RangeValid) is not { } range)
        {
            if (fields.Errors.Count == errorsBefore) fields.Fail("range", "It is required.", RangeValid);
            return project.Days(today, today);
        }
        var (from, to) = (Date(range, "from"), Date(range, "to"));
        var lastDays = range.Whole("last_days", 0, 1, 36_600);
        range.RefuseOthers();
        if (lastDays > 0) return project.Days(today.PlusDays(1 - lastDays), today);
        if (from is null || to is null || to < from) range.Fail(from is null ? "from" : "to", to < from ? "It is before from." : "It is required.", RangeValid);
        return from is null || to is null ? project.Days(today, today) : project.Days(from.Value, to.Value);
    }

    /// <summary>A date; null where absent or wrong.</summary>
    public static LocalDate? Date(DefinitionFields fields, string name)
    {
        if (fields.Text(name, "YYYY-MM-DD") is not { } text) return null;
        var parsed = LocalDatePattern.Iso.Parse(text);
        if (parsed.Success && parsed.Value.Year is >= 1970 and <= 2999) return parsed.Value;
        fields.Fail(name, $"'{text}' is no date from 1970 to 2999.", "YYYY-MM-DD");
        return null;
    }

    /// <summary><c>unit</c> and <c>interval</c>: how long a bucket is.</summary>
    public static BucketSize Unit(DefinitionFields fields, TimeUnit fallback = TimeUnit.Day) => new(
        fields.Choice("unit", fallback,
            ("minute", TimeUnit.Minute), ("hour", TimeUnit.Hour), ("day", TimeUnit.Day), ("week", TimeUnit.Week), ("month", TimeUnit.Month), ("quarter", TimeUnit.Quarter)),
        fields.Whole("interval", 1, 1, 1000));

    /// <summary>One element of a list of events: a name, or an object such as <c>{"event": "Signed Up", "filter": "…"}</c>; every event where it is wrong.</summary>
    public static EventSelection Event(JsonElement element, string path, List<FieldError> errors)
    {
        if (element.ValueKind == JsonValueKind.String) return EventSelection.Named(element.GetString()!);
        if (element.ValueKind != JsonValueKind.Object)
        {
            errors.Add(new(path, "It must be an object.", "{\"event\": \"Signed Up\"}"));
            return EventSelection.Every("");
        }
        var fields = new DefinitionFields(element, path, errors);
        var selection = Event(fields) with { Breakdowns = Expressions.Breakdowns(fields, "breakdowns") };
        fields.RefuseOthers();
        return selection;
    }

    /// <summary><c>event</c> or <c>any_of</c>, <c>label</c> and <c>filter</c> of an object that may hold more.</summary>
    public static EventSelection Event(DefinitionFields fields)
    {
        var name = fields.Text("event", "an event's name");
        var names = fields.List("any_of", "a list of event names").Select(item => item.Element.ToString()).ToArray();
        var label = fields.Text("label", "a text") ?? name ?? (names.Length == 0 ? "any event" : string.Join(" or ", names));
        return new(label, name is not null ? [name] : names.Length > 0 ? names : null, Expressions.Filter(fields, "filter"));
    }

    /// <summary><c>compare</c>: conditions side by side.</summary>
    public static IReadOnlyList<ComparedFilter> Compared(DefinitionFields fields, List<FieldError> errors) =>
        [.. fields.List("compare", "a list of objects such as {\"label\": \"pro\", \"filter\": \"…\"}").Select(item => ComparedAt(item.Element, item.Path, errors))];

    /// <summary><c>preset</c>: mixpanel or amplitude.</summary>
    public static Switches Preset(DefinitionFields fields) =>
        fields.Choice("preset", Cairn.Query.Definitions.Switches.Mixpanel, ("mixpanel", Cairn.Query.Definitions.Switches.Mixpanel), ("amplitude", Cairn.Query.Definitions.Switches.Amplitude));

    /// <summary><c>preset</c> and <c>switches</c> of a report that has no switches of its own.</summary>
    public static Switches Switches(DefinitionFields fields)
    {
        var preset = Preset(fields);
        if (fields.Object("switches", "{\"first_day_of_week\": \"sunday\"}") is not { } switches) return preset;
        var chosen = Over(preset, switches);
        switches.RefuseOthers();
        return chosen;
    }

    /// <summary>The switches that all reports share, out of an object of single switches over a preset.</summary>
    public static Switches Over(Switches preset, DefinitionFields switches)
    {
        var days = Enum.GetValues<IsoDayOfWeek>().Where(day => day != IsoDayOfWeek.None).Select(day => (day.ToString().ToLowerInvariant(), day)).ToArray();
        return preset with
        {
            FirstDayOfWeek = switches.Choice("first_day_of_week", preset.FirstDayOfWeek, days),
            MissingKey = switches.Text("missing_key", "a text") ?? preset.MissingKey,
            RankBy = switches.Choice("rank_by", preset.RankBy, ("totals", RankBy.Totals), ("measure", RankBy.Measure)),
        };
    }

    static ComparedFilter ComparedAt(JsonElement element, string path, List<FieldError> errors)
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
}
