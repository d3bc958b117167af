using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Segmentation;
using NodaTime;

namespace Cairn.Support.Query;

/// <summary>The naive twin of the segmentation kernel: one event after the other, sets for persons, lists for numbers.</summary>
/// <remarks>Knows days, hours, weeks and months only by asking NodaTime for each event's local date; persons are distinct ids.</remarks>
public static class SegmentationOracle
{
    /// <summary>By event index, compared index and keys: the value of each bucket that has one, and of the whole range under null.</summary>
    public static Dictionary<(int Event, int Compared, string Keys), Dictionary<LocalDateTime, double>> Answer(
        SegmentationDefinition definition, IEnumerable<MemoryEvent> events)
    {
        var cells = new Dictionary<(int, int, string, LocalDateTime), List<(string? Person, double Value)>>();
        foreach (var row in events)
        {
            var at = Instant.FromDateTimeOffset(row.Time);
            if (at < definition.Range.From || at >= definition.Range.Until) continue;
            if (!Holds(definition.Filter, row)) continue;
            var value = definition.Measure is Measure.Property property ? Evaluate(property.Of, row) : Value.Of(0.0);
            if (value.Kind != ValueKind.Number) continue;
            for (var e = 0; e < definition.Events.Count; e++)
            {
                var selection = definition.Events[e];
                if (selection.Names is not null && !selection.Names.Contains(row.Name) || !Holds(selection.Filter, row)) continue;
                for (var c = 0; c < Math.Max(1, definition.Compared.Count); c++)
                {
                    if (definition.Compared.Count > 0 && !Holds(definition.Compared[c].Filter, row)) continue;
                    foreach (var keys in KeysOf([.. selection.Breakdowns ?? [], .. definition.Breakdowns], definition, row))
                    {
                        var cell = (e, c, keys, BucketOf(at, definition));
                        if (!cells.TryGetValue(cell, out var list)) cells.Add(cell, list = []);
                        list.Add((row.DistinctId, value.Number));
                    }
                }
            }
        }
        return cells.GroupBy(cell => (cell.Key.Item1, cell.Key.Item2, cell.Key.Item3)).ToDictionary(
            series => series.Key,
            series => series.ToDictionary(cell => cell.Key.Item4, cell => Measured(definition.Measure, cell.Value)));
    }

    static double Measured(Measure measure, List<(string? Person, double Value)> rows)
    {
        double totals = rows.Count;
        double uniques = rows.Select(row => row.Person).Where(person => person is not null).Distinct().Count();
        var values = rows.Select(row => row.Value).Order().ToList();
        return measure switch
        {
            Measure.Totals => totals,
            Measure.Uniques => uniques,
            Measure.AveragePerUser => uniques == 0 ? 0 : totals / uniques,
            Measure.Property { Kind: Aggregate.Sum } => values.Sum(),
            Measure.Property { Kind: Aggregate.Average } => values.Average(),
            Measure.Property { Kind: Aggregate.Least } => values[0],
            Measure.Property { Kind: Aggregate.Greatest } => values[^1],
            Measure.Property { Kind: Aggregate.Median } => (values[(values.Count - 1) / 2] + values[values.Count / 2]) / 2,
            _ => throw new NotSupportedException($"{measure}"),
        };
    }

    internal static bool Holds(Expression? filter, MemoryEvent row) => filter is null || Evaluate(filter, row).IsTrue;

    internal static Value Evaluate(Expression expression, MemoryEvent row)
    {
        var compiled = CompiledExpression.Compile(expression);
        return compiled.Evaluate([.. compiled.Inputs.Select(input => Read(input, row))]);
    }

    /// <summary>An event's property or field as an expression sees it.</summary>
    public static Value Read(PropertyReference input, MemoryEvent row) => input switch
    {
        { Scope: PropertyScope.EventField, Name: EventField.Name } => Value.Of(row.Name),
        { Scope: PropertyScope.EventField, Name: EventField.Time } => Value.Moment(row.Time.ToUnixTimeMilliseconds()),
        { Scope: PropertyScope.EventField, Name: EventField.Person or EventField.DistinctId } => row.DistinctId is null ? Value.Undefined : Value.Of(row.DistinctId),
        _ => row.PropertiesElement.TryGetProperty(input.Name, out var value) ? JsonValue.Parse(value.GetRawText()) : Value.Undefined,
    };

    internal static IEnumerable<string> KeysOf(Breakdown[] breakdowns, SegmentationDefinition definition, MemoryEvent row)
    {
        IEnumerable<string> keys = [""];
        foreach (var breakdown in breakdowns)
        {
            var value = Evaluate(breakdown.By, row);
            var texts = value.Kind == ValueKind.List && value.Items.Count > 0
                ? value.Items.Select(item => TextOf(item, definition)).Distinct().ToList()
                : [value.Kind == ValueKind.List ? definition.Switches.MissingKey : TextOf(value, definition)];
            keys = [.. keys.SelectMany(key => texts.Select(text => $"{key}|{text}"))];
        }
        return keys;
    }

    static string TextOf(Value value, SegmentationDefinition definition) => value.IsMissing ? definition.Switches.MissingKey : ValueText.Of(value);

    internal static LocalDateTime BucketOf(Instant at, SegmentationDefinition definition)
    {
        var local = at.InZone(definition.Project.Zone).LocalDateTime;
        return definition.Unit.Unit switch
        {
            TimeUnit.Minute => new(local.Year, local.Month, local.Day, local.Hour, local.Minute),
            TimeUnit.Hour => new(local.Year, local.Month, local.Day, local.Hour, 0),
            TimeUnit.Day => local.Date.AtMidnight(),
            TimeUnit.Week => local.Date.With(DateAdjusters.PreviousOrSame(definition.Switches.FirstDayOfWeek)).AtMidnight(),
            TimeUnit.Month => new(local.Year, local.Month, 1, 0, 0),
            TimeUnit.Quarter => new(local.Year, (local.Month - 1) / 3 * 3 + 1, 1, 0, 0),
        };
    }
}
