using System.Buffers;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Segmentation;

namespace Cairn.Query.Cohorts;

/// <summary>A condition made ready to be asked of one person after the other.</summary>
abstract class CohortNode
{
    /// <summary>Whether it holds for a person.</summary>
    public abstract bool Holds(in CohortPerson person);

    /// <summary>Judges all people of a shard with rows that matter at once; false where it can only be asked of one after the other.</summary>
    /// <param name="holds">One a person.</param>
    public virtual bool TryJudgeAll(CohortValues values, Span<bool> holds) => false;

    /// <summary>Whether it holds for whoever did nothing of all that is asked for; null where that depends on what is known of them.</summary>
    public abstract bool? HoldsForNothing { get; }

    public sealed class Joined(CohortNode[] of, bool isAll) : CohortNode
    {
        public override bool Holds(in CohortPerson person)
        {
            foreach (var one in of)
                if (one.Holds(person) != isAll) return !isAll;
            return isAll;
        }

        public override bool TryJudgeAll(CohortValues values, Span<bool> holds)
        {
            holds.Fill(isAll);
            var others = ArrayPool<bool>.Shared.Rent(holds.Length);
            try
            {
                var own = others.AsSpan(0, holds.Length);
                foreach (var one in of)
                {
                    if (!one.TryJudgeAll(values, own)) return false;
                    for (var i = 0; i < own.Length; i++) holds[i] = isAll ? holds[i] & own[i] : holds[i] | own[i];
                }
                return true;
            }
            finally
            {
                ArrayPool<bool>.Shared.Return(others);
            }
        }

        public override bool? HoldsForNothing =>
            of.Any(one => one.HoldsForNothing == !isAll) ? !isAll : of.Any(one => one.HoldsForNothing is null) ? null : isAll;
    }

    public sealed class Negated(CohortNode of) : CohortNode
    {
        public override bool Holds(in CohortPerson person) => !of.Holds(person);

        public override bool TryJudgeAll(CohortValues values, Span<bool> holds)
        {
            if (!of.TryJudgeAll(values, holds)) return false;
            foreach (ref var held in holds) held = !held;
            return true;
        }

        public override bool? HoldsForNothing => !of.HoldsForNothing;
    }

    /// <param name="bit">The number of the events' bit.</param>
    /// <param name="days">Where days are counted.</param>
    /// <param name="column">Where values matter, which of the plan's columns; where events are counted, which of its counts.</param>
    public sealed class Did(CohortCondition.Did did, int bit, LocalDays days, int column) : CohortNode
    {
        readonly long fromMs = did.Within.FromMs, untilMs = did.Within.UntilMs;

        public override bool Holds(in CohortPerson person)
        {
            var (mask, known) = (1u << bit, did.Value);
            switch (did.Measure)
            {
                case CohortMeasure.Count: return CohortKernel.Holds(person.Values.CountOf(person, column), did.Is, known);
                case CohortMeasure.Days: return CohortKernel.Holds(CohortKernel.CountDays(person.Times, person.Masks, mask, fromMs, untilMs, days), did.Is, known);
                case CohortMeasure.Distinct: return CohortKernel.Holds(person.Values.CountDistinct(person, column, mask, fromMs, untilMs), did.Is, known);
                case CohortMeasure.Number number:
                    var numbers = person.Values.Numbers(person, column, mask, fromMs, untilMs);
                    return (!numbers.IsEmpty || number.Kind == Aggregate.Sum) && CohortKernel.Holds(Of(numbers, number.Kind), did.Is, known);
                default: throw new ArgumentOutOfRangeException(nameof(person), did.Measure, "no measure");
            }
        }

        public override bool TryJudgeAll(CohortValues values, Span<bool> holds)
        {
            if (did.Measure is not CohortMeasure.Count) return false;
            CohortKernel.HoldAll(values.CountsOf(column, holds.Length), did.Is, did.Value, holds);
            return true;
        }

        public override bool? HoldsForNothing =>
            did.Measure is CohortMeasure.Number { Kind: not Aggregate.Sum } ? false : CohortKernel.Holds(0, did.Is, did.Value);

        static double Of(Span<double> numbers, Aggregate kind)
        {
            var sum = 0.0;
            foreach (var number in numbers) sum += number;
            if (kind is Aggregate.Sum or Aggregate.Average) return kind == Aggregate.Sum ? sum : sum / numbers.Length;
            numbers.Sort();
            return kind switch { Aggregate.Least => numbers[0], Aggregate.Greatest => numbers[^1], _ => SegmentationKernel.MedianOfSorted(numbers) };
        }
    }

    public sealed class First(TimeRange within, int bit) : CohortNode
    {
        readonly long fromMs = within.FromMs, untilMs = within.UntilMs;

        public override bool Holds(in CohortPerson person) => CohortKernel.IsFirstWithin(person.Times, person.Masks, 1u << bit, fromMs, untilMs);

        public override bool? HoldsForNothing => false;
    }

    public sealed class InSequence(CohortCondition.Sequence sequence, int firstBit) : CohortNode
    {
        readonly long fromMs = sequence.Within.FromMs, untilMs = sequence.Within.UntilMs;

        public override bool Holds(in CohortPerson person)
        {
            Span<long> starts = stackalloc long[CohortDefinition.MaxSteps];
            return CohortKernel.DidInSequence(person.Times, person.Masks, firstBit, sequence.Steps.Count, sequence.InMs ?? long.MaxValue, fromMs, untilMs, starts);
        }

        public override bool? HoldsForNothing => false;
    }

    public sealed class Last(TimeRange within, int bit, int matchingBit) : CohortNode
    {
        readonly long fromMs = within.FromMs, untilMs = within.UntilMs;

        public override bool Holds(in CohortPerson person) => CohortKernel.LatestMatches(person.Times, person.Masks, 1u << bit, 1u << matchingBit, fromMs, untilMs);

        public override bool? HoldsForNothing => false;
    }

    public sealed class OneOf(IReadOnlySet<string> people) : CohortNode
    {
        public override bool Holds(in CohortPerson person) => people.Contains(person.Id);

        public override bool? HoldsForNothing => people.Count == 0 ? false : null;
    }

    public sealed class Now(CompiledExpression matches) : CohortNode
    {
        public override bool Holds(in CohortPerson person)
        {
            var values = new Value[matches.Inputs.Count];
            for (var i = 0; i < values.Length; i++) values[i] = person.Values.People.Current(person.Id, matches.Inputs[i].Name);
            return matches.Evaluate(values).IsTrue;
        }

        public override bool? HoldsForNothing => null;
    }
}

/// <summary>One person, to be judged.</summary>
/// <param name="code">Their code, if they have events; else -1, and <paramref name="id"/> says who they are.</param>
/// <param name="index">Which of the shard's people with rows that matter; -1 without any.</param>
/// <param name="start">Where their rows begin among all that matter in the shard.</param>
/// <param name="values">What conditions read beside times and masks.</param>
readonly ref struct CohortPerson(int code, string? id, int index, int start, ReadOnlySpan<long> times, ReadOnlySpan<uint> masks, CohortValues values)
{
    readonly int code = code;
    readonly string? id = id;

    /// <summary>The id that all linked ids stand for.</summary>
    public string Id => id ?? Values.Persons[code];

    public int Index { get; } = index;
    public int Start { get; } = start;
    public ReadOnlySpan<long> Times { get; } = times;
    public ReadOnlySpan<uint> Masks { get; } = masks;
    public CohortValues Values { get; } = values;
}
