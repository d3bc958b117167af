using System.Text.Json;
using Cairn.Api.V1.Query;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using NodaTime;

namespace Cairn.Api.V1;

/// <summary>Reads a breakdown that puts values together: <c>{"by": "event.price", "edges": [0, 10, 50]}</c>, <c>{"by": "event.price", "width": 10}</c>, <c>{"by": "event.$time", "date": "week"}</c>.</summary>
/// <param name="zone">In which days begin.</param>
/// <param name="firstDayOfWeek">What a week begins with.</param>
/// <param name="findsRanges">Whether the report finds ranges by the numbers that there are.</param>
sealed class CutFields(DateTimeZone zone, IsoDayOfWeek firstDayOfWeek, bool findsRanges)
{
    public const string Valid = "{\"by\": \"event.price\", \"edges\": [0, 10, 50]}, {\"by\": \"event.price\", \"width\": 10} or {\"by\": \"event.$time\", \"date\": \"week\"}";

    const string EdgesValid = "a list of 1 to 100 numbers, each greater than the one before";

    /// <summary>The calendar of a question: its project's zone, and the first day of weeks that its preset and switches say.</summary>
    public static CutFields Of(DefinitionFields fields, ReportProject project, bool findsRanges = false)
    {
        // What is wrong with these is told by who reads them for the report.
        var quiet = new DefinitionFields(fields.Element, "", []);
        var preset = ReportFields.Preset(quiet);
        return new(project.Zone, quiet.Object("switches", "") is { } switches ? ReportFields.Over(preset, switches).FirstDayOfWeek : preset.FirstDayOfWeek, findsRanges);
    }

    /// <summary>The expression with its cut; null where something is wrong.</summary>
    public Expression? Read(DefinitionFields fields)
    {
        var errorsBefore = fields.Errors.Count;
        var by = Expressions.Breakdown(fields, "by");
        if (by is null && fields.Errors.Count == errorsBefore) fields.Fail("by", "It is required.", Valid);
        ValueCut? cut = null;
        if (fields.Any("edges") is not null) cut = Edges(fields);
        else if (fields.Any("width") is not null) cut = Width(fields);
        else if (findsRanges && fields.Any("ranges") is not null) cut = new NumberCut.Automatic(fields.Whole("ranges", 12, 1, NumberCut.Automatic.MaxWanted));
        else if (fields.Any("date") is not null)
            cut = new DateCut(
                fields.Choice("date", DatePart.Day, ("hour", DatePart.Hour), ("day", DatePart.Day), ("week", DatePart.Week), ("month", DatePart.Month), ("hour_of_day", DatePart.HourOfDay), ("day_of_week", DatePart.DayOfWeek)),
                zone, firstDayOfWeek);
        fields.RefuseOthers();
        if (by is null || fields.Errors.Count > errorsBefore) return null;
        return cut is null ? by : new Expression.Cut(by, cut);
    }

    static NumberCut.Edges? Edges(DefinitionFields fields)
    {
        var edges = fields.List("edges", EdgesValid);
        double[] numbers = [.. edges.Where(edge => edge.Element.ValueKind == JsonValueKind.Number).Select(edge => edge.Element.GetDouble())];
        if (numbers.Length == edges.Count && numbers.Length is > 0 and <= NumberCut.MaxEdges && numbers.Zip(numbers.Skip(1)).All(pair => pair.First < pair.Second) && numbers.All(double.IsFinite)) return new(numbers);
        fields.Fail("edges", "They must be ascending numbers.", EdgesValid);
        return null;
    }

    static NumberCut.Width? Width(DefinitionFields fields)
    {
        var (size, from) = (Number(fields, "width", 0), Number(fields, "from", 0));
        if (size > 0 && double.IsFinite(size) && double.IsFinite(from)) return new(size, from);
        fields.Fail(size > 0 ? "from" : "width", "It must be a number, a width one greater than 0.", "{\"width\": 10, \"from\": 0}");
        return null;
    }

    static double Number(DefinitionFields fields, string name, double fallback) =>
        fields.Any(name) is not { } found ? fallback : found.ValueKind == JsonValueKind.Number && found.TryGetDouble(out var number) ? number : double.NaN;
}
