using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Cairn.Query.Turns;

namespace Cairn.Query.Funnels;

/// <summary>One attempt as it counts in one series.</summary>
/// <param name="Person">The person's code.</param>
/// <param name="Series">Which series, by the worker's numbers.</param>
/// <param name="Bucket">By the entry's time; -1 for the whole range.</param>
/// <param name="Unit">Which of the person's units it is: a session, a value held constant; 0 where the person is the unit.</param>
/// <param name="StepsAt">Where its steps are.</param>
/// <param name="EntryMs">When it began, Unix milliseconds.</param>
/// <param name="Reached">Steps reached, from 1.</param>
readonly record struct FunnelRow(int Person, int Series, int Bucket, long Unit, int StepsAt, long EntryMs, byte Reached, FunnelEnd End);

/// <summary>The attempts that a worker found to count, and when each reached its steps.</summary>
/// <remarks>Rows of one person stand together.</remarks>
sealed class FunnelRows(ReportMemory memory)
{
    /// <summary>Attempts of one worker, for as many have a number each. Memory ends sooner: docs/operations/settings.md.</summary>
    public const int MaxRows = 15_000_000;

    static readonly int RowBytes = Unsafe.SizeOf<FunnelRow>();

    public List<FunnelRow> Rows { get; } = [];

    /// <summary>Milliseconds from the entry to each step reached, never negative; the first of an attempt is 0.</summary>
    public List<long> StepMs { get; } = [];

    /// <summary>The number added up, at each step reached; empty where there is none.</summary>
    public List<double> StepValues { get; } = [];

    /// <summary>Whether one attempt stands for a person rather than another.</summary>
    /// <remarks>Of attempts that begin together, with the values of a list held constant, the one that gets furthest and then the fastest.</remarks>
    public bool IsBetter(in FunnelRow one, in FunnelRow other, bool byReach)
    {
        if (byReach && one.Reached != other.Reached) return one.Reached > other.Reached;
        if (one.EntryMs != other.EntryMs) return one.EntryMs < other.EntryMs;
        if (one.Reached != other.Reached) return one.Reached > other.Reached;
        var steps = CollectionsMarshal.AsSpan(StepMs);
        var faster = steps.Slice(one.StepsAt, one.Reached).SequenceCompareTo(steps.Slice(other.StepsAt, other.Reached));
        return faster != 0 ? faster < 0 : one.End < other.End;
    }

    public void Add(in FunnelRow row)
    {
        if (Rows.Count == MaxRows)
            throw new Definitions.DefinitionException("range", $"the report counts more than {MaxRows} attempts at once; ask for a shorter range, uniques or a stricter first step");
        MakeRoom(Rows, 1, RowBytes);
        Rows.Add(row);
    }

    /// <summary>Makes room for an attempt's steps; gives where they are to be written.</summary>
    public Span<long> AddSteps(int count)
    {
        var at = StepMs.Count;
        MakeRoom(StepMs, count, sizeof(long));
        CollectionsMarshal.SetCount(StepMs, at + count);
        return CollectionsMarshal.AsSpan(StepMs)[at..];
    }

    /// <summary>Makes room for a number at each step; gives where those of the steps not yet read are to be written.</summary>
    /// <param name="known">Steps whose numbers are there.</param>
    public Span<double> AddValues(int known)
    {
        MakeRoom(StepValues, StepMs.Count - StepValues.Count, sizeof(double));
        CollectionsMarshal.SetCount(StepValues, StepMs.Count);
        return CollectionsMarshal.AsSpan(StepValues)[known..];
    }

    void MakeRoom<T>(List<T> list, int more, int bytesOfOne)
    {
        if (list.Count + more <= list.Capacity) return;
        var capacity = Math.Max(list.Count + more, list.Capacity < 1_000_000 ? list.Capacity * 2 : list.Capacity / 2 * 3);
        memory.Take((long)(capacity - list.Capacity) * bytesOfOne, "range", "ask for a shorter range, uniques, fewer breakdowns or a stricter first step");
        list.Capacity = capacity;
    }
}
