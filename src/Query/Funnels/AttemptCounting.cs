using System.Runtime.InteropServices;
using Cairn.Query.Definitions;
using Cairn.Query.Scanning;
using Cairn.Query.Turns;

namespace Cairn.Query.Funnels;

/// <summary>Counts attempts and forgets them: where each counts for itself and nothing more is asked than how many and how long on average.</summary>
/// <remarks>One worker's own.</remarks>
sealed class AttemptCounting(FunnelPlan plan, FunnelGroups groups, ReportMemory memory) : IAttempts
{
    // With breakdowns: attempts of the shard at hand whose values are not read yet, and their steps one after the other.
    readonly List<Found> found = [];
    readonly List<long> foundMs = [];
    readonly long[] stepMs = new long[FunnelDefinition.MaxSteps];
    int comparedAtHand, whole;

    /// <summary>What was counted, by the numbers of <see cref="Combinations"/>.</summary>
    public FunnelCells Cells { get; } = new(plan.Rules.StepCount, plan.Buckets?.Count ?? 0, memory);

    public FunnelCombinations Combinations { get; } = new();

    public void BeginCompared(int comparedIndex)
    {
        comparedAtHand = comparedIndex;
        if (plan.Breakdowns.Count == 0) whole = Combinations.NumberOf(new(comparedIndex));
    }

    public void BeginPerson(int personCode)
    {
        // Whose an attempt is makes no difference here.
    }

    public void Add(FunnelWalk walk, ReadOnlySpan<int> path, in JourneyRows rows, ReadOnlySpan<int> rowNumbers, int combination, int bucket)
    {
        var entryMs = rows.TimesMs[path[0]];
        var own = stepMs.AsSpan(0, walk.Reached);
        // A later step may lie within the grace before the entry.
        for (var step = 0; step < own.Length; step++) own[step] = Math.Max(0, rows.TimesMs[path[step]] - entryMs);
        if (plan.Breakdowns.Count > 0)
        {
            found.Add(new(groups.Remember(path[..walk.Reached], rowNumbers), foundMs.Count, (byte)walk.Reached, walk.End));
            foundMs.AddRange(own);
            return;
        }
        Cells.Add(whole, bucket, own, walk.End);
        if (plan.Buckets is { } buckets && plan.Definition.Switches.Funnels.Trend == FunnelTrend.WholeRange) Cells.Add(whole, buckets.IndexOf(entryMs), own, walk.End);
    }

    public void Settle(PartColumns part)
    {
        if (found.Count == 0) return;
        groups.Read(part);
        var allMs = CollectionsMarshal.AsSpan(foundMs);
        foreach (var one in CollectionsMarshal.AsSpan(found))
            Cells.Add(Combinations.NumberOf(groups.CombinationOf(comparedAtHand, one.ValuesAt, one.Reached)), -1, allMs.Slice(one.StepsAt, one.Reached), one.End);
        found.Clear();
        foundMs.Clear();
    }

    readonly record struct Found(int ValuesAt, int StepsAt, byte Reached, FunnelEnd End);
}
