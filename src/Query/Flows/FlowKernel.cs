namespace Cairn.Query.Flows;

/// <summary>Goes from an anchor step by step, forward and backward.</summary>
/// <remarks>Meaning: docs/semantics/flows.md; the naive twin is the tests' oracle.</remarks>
static class FlowKernel
{
    /// <summary>The steps after an anchor.</summary>
    /// <param name="nodes">Each entry's node, twice as large as its number; one more where it is the goal.</param>
    /// <param name="firstMs">When each entry began, Unix milliseconds, ascending.</param>
    /// <param name="at">The anchor's entry.</param>
    /// <param name="anchorMs">When it happened.</param>
    /// <param name="windowMs">How far a path reaches; its last instant counts.</param>
    /// <param name="path">Set to the nodes' numbers, step by step, as many as there are.</param>
    /// <param name="endsAtGoal">Whether the last of them is the goal.</param>
    /// <returns>How many there are.</returns>
    public static int Follow(ReadOnlySpan<int> nodes, ReadOnlySpan<long> firstMs, int at, long anchorMs, long windowMs, Span<int> path, out bool endsAtGoal)
    {
        endsAtGoal = false;
        for (var step = 0; step < path.Length; step++)
        {
            var next = at + 1 + step;
            if (next >= nodes.Length || firstMs[next] - anchorMs > windowMs) return step;
            path[step] = nodes[next] >> 1;
            endsAtGoal = (nodes[next] & 1) != 0;
            if (endsAtGoal) return step + 1;
        }
        return path.Length;
    }

    /// <summary>The steps before an anchor, the nearest first.</summary>
    /// <param name="lastMs">When each entry ended, Unix milliseconds, ascending.</param>
    public static int Trace(ReadOnlySpan<int> nodes, ReadOnlySpan<long> lastMs, int at, long anchorMs, long windowMs, Span<int> path)
    {
        for (var step = 0; step < path.Length; step++)
        {
            var before = at - 1 - step;
            if (before < 0 || anchorMs - lastMs[before] > windowMs) return step;
            path[step] = nodes[before] >> 1;
        }
        return path.Length;
    }
}
