using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using NodaTime;

namespace Cairn.Support.Query;

/// <summary>Whole retention answers by the naive twin: each person's lives, one set of people for every number.</summary>
/// <remarks>Persons are distinct ids; no two events of a person are at the same moment.</remarks>
public static class RetentionCounts
{
    /// <summary>By compared filter, keys, row and bucket the people who count; bucket -1 holds those born, row null all complete rows together.</summary>
    /// <param name="sums">Filled with what they brought, by the same names.</param>
    public static Dictionary<(int Compared, string Keys, LocalDate? Row, int Bucket), HashSet<string>> Of(
        RetentionDefinition definition, IEnumerable<MemoryEvent> events, Dictionary<(int Compared, string Keys, LocalDate? Row, int Bucket), double> sums)
    {
        var cells = new Dictionary<(int, string, LocalDate?, int), HashSet<string>>();
        var oracle = new RetentionOracle(definition);
        foreach (var person in events.Where(row => row.DistinctId is not null && Holds(definition.Filter, row)).GroupBy(row => row.DistinctId!))
        {
            var own = person.OrderBy(row => row.Time).ToList();
            var steps = own.Select(row => new RetentionOracle.Step(Instant.FromDateTimeOffset(row.Time), Meets(definition.Birth, row), Meets(definition.Return, row), ValueOf(definition, row))).ToList();
            var summed = new HashSet<(int, string, LocalDate)>();
            for (var compared = 0; compared < Math.Max(1, definition.Compared.Count); compared++)
            {
                var passing = oracle.Of(steps).Where(life => definition.Compared.Count == 0 || Holds(definition.Compared[compared].Filter, own[life.Index])).ToList();
                foreach (var life in passing) Count(compared, "", life, isBorn: true);
                if (definition.Breakdowns.Count == 0) continue;
                switch (definition.BreakdownAt)
                {
                    case BreakdownAt.Birth:
                        foreach (var life in passing)
                            foreach (var keys in KeysOf(definition, own[life.Index])) Count(compared, keys, life, isBorn: true);
                        break;
                    case BreakdownAt.Return:
                        foreach (var keys in own.SelectMany(row => KeysOf(definition, row)).Distinct())
                        {
                            var returns = steps.Select((step, index) => step with { IsReturn = step.IsReturn && KeysOf(definition, own[index]).Contains(keys) }).ToList();
                            foreach (var life in oracle.Of(returns))
                                if (passing.Any(one => one.Index == life.Index)) Count(compared, keys, life, isBorn: false);
                        }
                        break;
                    default:
                        foreach (var life in passing)
                        {
                            var mayBeBirth = definition.Switches.Retention.BirthReturns || definition.Criterion == RetentionCriterion.Streak;
                            var first = Enumerable.Range(life.Index, steps.Count - life.Index).FirstOrDefault(index => steps[index].IsReturn && (index != life.Index || mayBeBirth), -1);
                            if (first >= 0)
                                foreach (var keys in KeysOf(definition, own[first])) Count(compared, keys, life, isBorn: false);
                        }
                        break;
                }
            }

            void Count(int compared, string keys, RetentionOracle.Life life, bool isBorn)
            {
                if (isBorn)
                {
                    Add(compared, keys, life.Row, -1);
                    Add(compared, keys, null, -1);
                }
                if (life.Counts.Any(counts => counts) && summed.Add((compared, keys, life.Row)))
                    for (var bucket = 0; bucket < life.Sums.Length; bucket++) sums[(compared, keys, life.Row, bucket)] = sums.GetValueOrDefault((compared, keys, life.Row, bucket)) + life.Sums[bucket];
                for (var bucket = 0; bucket < life.Counts.Length; bucket++)
                {
                    if (!life.Counts[bucket]) continue;
                    Add(compared, keys, life.Row, bucket);
                    if (oracle.IsComplete(life.Row, bucket)) Add(compared, keys, null, bucket);
                }
            }

            void Add(int compared, string keys, LocalDate? row, int bucket)
            {
                if (!cells.TryGetValue((compared, keys, row, bucket), out var people)) cells.Add((compared, keys, row, bucket), people = []);
                people.Add(person.Key);
            }
        }
        return cells;
    }

    static double ValueOf(RetentionDefinition definition, MemoryEvent row) =>
        definition.SumOf is not null && Evaluate(definition.SumOf, row) is { Kind: ValueKind.Number } value ? value.Number : double.NaN;

    static bool Meets(IReadOnlyList<EventSelection> anyOf, MemoryEvent row) =>
        anyOf.Any(selection => (selection.Names is null || selection.Names.Contains(row.Name)) && Holds(selection.Filter, row));

    static bool Holds(Expression? filter, MemoryEvent row) => filter is null || Evaluate(filter, row).IsTrue;

    static Value Evaluate(Expression expression, MemoryEvent row)
    {
        var compiled = CompiledExpression.Compile(expression);
        return compiled.Evaluate([.. compiled.Inputs.Select(input => SegmentationOracle.Read(input, row))]);
    }

    static IEnumerable<string> KeysOf(RetentionDefinition definition, MemoryEvent row)
    {
        IEnumerable<string> keys = [""];
        foreach (var breakdown in definition.Breakdowns)
        {
            var value = Evaluate(breakdown.By, row);
            string TextOf(Value one) => one.IsMissing ? definition.Switches.MissingKey : ValueText.Of(one);
            var texts = value.Kind != ValueKind.List ? [TextOf(value)] : value.Items.Count == 0 ? [definition.Switches.MissingKey] : value.Items.Select(TextOf).Distinct().ToArray();
            keys = [.. keys.SelectMany(key => texts.Select(text => $"{key}|{text}"))];
        }
        return keys;
    }
}
