using System.Runtime.CompilerServices;
using Cairn.Query.Turns;

namespace Cairn.Query.Funnels;

/// <summary>How many attempts reached which step and how long they took, by the combination of values along them and by bucket.</summary>
/// <remarks>One worker's own. Grows with the combinations, not with the attempts.</remarks>
/// <param name="bucketCount">Buckets of the trend; 0 without one.</param>
sealed class FunnelCells(int stepCount, int bucketCount, ReportMemory memory)
{
    /// <summary>What the attempts of a cell come to at one step.</summary>
    /// <param name="Ended">Attempts of which this was the last step reached.</param>
    /// <param name="Excluded">Those of them that an exclusion ended.</param>
    /// <param name="StartMs">From the entry to this step, of all that reached it, together; so is <paramref name="PreviousMs"/> from the step before.</param>
    public record struct Step(long Ended, long Excluded, long StartMs, long PreviousMs);

    Step[] steps = [];

    /// <summary>Combinations that there is room for.</summary>
    int combinationCount;

    /// <summary>What a cell came to, by step; empty where no attempt was of this combination.</summary>
    /// <param name="bucket">-1 for the whole range.</param>
    public ReadOnlySpan<Step> this[int combination, int bucket] => combination < combinationCount ? steps.AsSpan(First(combination, bucket), stepCount) : [];

    /// <summary>Attempts of a combination in the whole range.</summary>
    public long EntriesOf(int combination)
    {
        var entries = 0L;
        foreach (var step in this[combination, -1]) entries += step.Ended;
        return entries;
    }

    /// <summary>Counts an attempt.</summary>
    /// <param name="stepMs">From its entry to each step that it reached, at least one, never negative.</param>
    public void Add(int combination, int bucket, ReadOnlySpan<long> stepMs, FunnelEnd end)
    {
        if (combination >= combinationCount) Grow(combination + 1);
        var own = steps.AsSpan(First(combination, bucket), stepCount);
        for (var step = 1; step < stepMs.Length; step++)
        {
            own[step].StartMs += stepMs[step];
            // A step within the grace before the one before it took no time.
            own[step].PreviousMs += Math.Max(0, stepMs[step] - stepMs[step - 1]);
        }
        own[stepMs.Length - 1].Ended++;
        if (end == FunnelEnd.Excluded) own[stepMs.Length - 1].Excluded++;
    }

    int First(int combination, int bucket) => (combination * (bucketCount + 1) + bucket + 1) * stepCount;

    void Grow(int needed)
    {
        var capacity = Math.Max(needed, combinationCount * 2);
        memory.Take((long)(capacity - combinationCount) * (bucketCount + 1) * stepCount * Unsafe.SizeOf<Step>(), "breakdowns", "break down by what has fewer values, or ask for fewer buckets");
        Array.Resize(ref steps, capacity * (bucketCount + 1) * stepCount);
        combinationCount = capacity;
    }
}
