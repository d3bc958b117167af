using System.Runtime.InteropServices;
using Cairn.Query.Turns;

namespace Cairn.Query.Flows;

/// <summary>How many paths go from which node of one step to which of the next one out.</summary>
/// <remarks>One worker's own. Nodes are its numbers; an end has a negative one.</remarks>
sealed class LinkCounts(ReportMemory memory)
{
    /// <summary>What stands in place of a node where a path ends: nothing comes further, or it is at the goal.</summary>
    public const int Ended = -1, AtGoal = -2;

    /// <summary>Nodes of which every pair has its own counter: what most projects have.</summary>
    const int Dense = 256;

    const long BytesOfPair = 48;

    const int Ends = 2;

    readonly Dictionary<(int From, int To), long> others = [];
    long[] dense = [];

    /// <summary>Counts one path.</summary>
    /// <param name="from">The node nearer to the anchor, or the anchor.</param>
    public void Add(int from, int to)
    {
        if (from < Dense && to < Dense)
        {
            if (dense.Length == 0)
            {
                memory.Take((long)Dense * (Dense + Ends) * sizeof(long), "forward", "ask for fewer steps");
                dense = new long[Dense * (Dense + Ends)];
            }
            dense[from * (Dense + Ends) + to + Ends]++;
            return;
        }
        ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(others, (from, to), out var isKnown);
        if (!isKnown) memory.Take(BytesOfPair, "expand", "expand by properties with fewer values, hide events, or ask for fewer steps");
        count++;
    }

    /// <summary>Every pair with paths.</summary>
    public IEnumerable<(int From, int To, long Count)> All()
    {
        for (var i = 0; i < dense.Length; i++)
            if (dense[i] > 0) yield return (i / (Dense + Ends), i % (Dense + Ends) - Ends, dense[i]);
        foreach (var ((from, to), count) in others) yield return (from, to, count);
    }
}
