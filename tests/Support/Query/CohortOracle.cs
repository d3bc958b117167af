using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using NodaTime;

namespace Cairn.Support.Query;

/// <summary>The naive twin of the cohort search: judges one person after the other by looking through all their events for every condition.</summary>
/// <remarks>Persons are distinct ids. Events of a person at one moment stand in the order of their names.</remarks>
public static class CohortOracle
{
    /// <summary>Whether a person is in.</summary>
    /// <param name="events">All of theirs.</param>
    /// <param name="property">Their properties now.</param>
    public static bool Holds(CohortCondition condition, IReadOnlyList<MemoryEvent> events, Func<string, Value> property, DateTimeZone zone, Func<string, CohortCondition> cohort)
    {
        bool Of(CohortCondition one) => Holds(one, events, property, zone, cohort);
        IEnumerable<MemoryEvent> Met(IReadOnlyList<EventSelection> anyOf, TimeRange within) => events
            .Where(row => anyOf.Any(selection => (selection.Names is null || selection.Names.Contains(row.Name)) && Is(selection.Filter, row)))
            .Where(row => At(row) >= within.From && At(row) < within.Until)
            .OrderBy(row => row.Time).ThenBy(row => row.Name, StringComparer.Ordinal);
        switch (condition)
        {
            case CohortCondition.All all: return all.Of.All(Of);
            case CohortCondition.Any any: return any.Of.Any(Of);
            case CohortCondition.Not not: return !Of(not.Of);
            case CohortCondition.Did did:
                var met = Met(did.Events, did.Within).ToList();
                switch (did.Measure)
                {
                    case CohortMeasure.Count: return Compare(met.Count, did);
                    case CohortMeasure.Days: return Compare(met.Select(row => At(row).InZone(zone).Date).Distinct().Count(), did);
                    case CohortMeasure.Distinct distinct: return Compare(met.SelectMany(row => TextsOf(Evaluate(distinct.Of, row))).Distinct().Count(), did);
                    case CohortMeasure.Number number:
                        var numbers = met.Select(row => Evaluate(number.Of, row)).Where(value => value.Kind == ValueKind.Number).Select(value => value.Number).Order().ToList();
                        return (numbers.Count > 0 || number.Kind == Aggregate.Sum) && Compare(number.Kind switch
                        {
                            Aggregate.Sum => numbers.Sum(),
                            Aggregate.Average => numbers.Average(),
                            Aggregate.Least => numbers[0],
                            Aggregate.Greatest => numbers[^1],
                            _ => (numbers[(numbers.Count - 1) / 2] + numbers[numbers.Count / 2]) / 2,
                        }, did);
                    default: throw new NotSupportedException($"{did.Measure}");
                }
            case CohortCondition.FirstDid first: return Met(first.Events, TimeRange.Ever).FirstOrDefault() is { } earliest && At(earliest) >= first.Within.From && At(earliest) < first.Within.Until;
            case CohortCondition.Latest latest:
                var last = Met(latest.Events, latest.Within).ToList();
                return last.Any(row => row.Time == last[^1].Time && Is(latest.Matches, row));
            case CohortCondition.Sequence sequence:
                var all2 = Met([EventSelection.Every("")], sequence.Within).ToList();
                var steps = sequence.Steps.Select(step => Met(step, sequence.Within).ToHashSet()).ToList();
                bool From(int row, int step, DateTimeOffset start) => step == steps.Count || Enumerable.Range(row, all2.Count - row).Any(next =>
                    steps[step].Contains(all2[next]) && (sequence.InMs is not { } inMs || all2[next].Time - start <= TimeSpan.FromMilliseconds(inMs)) && From(next + 1, step + 1, start));
                return Enumerable.Range(0, all2.Count).Any(row => steps[0].Contains(all2[row]) && From(row + 1, 1, all2[row].Time));
            case CohortCondition.IsNow now:
                var compiled = CompiledExpression.Compile(now.Matches);
                return compiled.Evaluate([.. compiled.Inputs.Select(input => property(input.Name))]).IsTrue;
            case CohortCondition.OneOf some: return events.Count > 0 && some.People.Contains(events[0].DistinctId!);
            case CohortCondition.In other: return Of(cohort(other.CohortId));
            default: throw new NotSupportedException($"{condition}");
        }
    }

    static bool Compare(double number, CohortCondition.Did did) => did.Is switch
    {
        Comparison.AtLeast => number >= did.Value,
        Comparison.MoreThan => number > did.Value,
        Comparison.AtMost => number <= did.Value,
        Comparison.LessThan => number < did.Value,
        Comparison.Exactly => number == did.Value,
        _ => number != did.Value,
    };

    static Instant At(MemoryEvent row) => Instant.FromDateTimeOffset(row.Time);

    static bool Is(Expression? filter, MemoryEvent row) => filter is null || Evaluate(filter, row).IsTrue;

    static Value Evaluate(Expression expression, MemoryEvent row)
    {
        var compiled = CompiledExpression.Compile(expression);
        return compiled.Evaluate([.. compiled.Inputs.Select(input => SegmentationOracle.Read(input, row))]);
    }

    static IEnumerable<string> TextsOf(Value value) => value.Kind == ValueKind.List
        ? value.Items.Where(item => !item.IsMissing).Select(ValueText.Of)
        : value.IsMissing ? [] : [ValueText.Of(value)];
}
