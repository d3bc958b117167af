namespace Cairn.Query.Flows;

/// <summary>What paths of one person may go through, in order, within one scope: all of the person's time, or one session.</summary>
/// <remarks>One worker's own; what it holds is overwritten by the next. Entries are what paths show: repeats in a row may be one.</remarks>
sealed class FlowJourney(bool collapsesRepeats)
{
    /// <summary>What stands in an entry that is no anchor.</summary>
    public const int NoAnchor = -1;

    int[] nodes = new int[16], anchors = new int[16], nextGoals = new int[16];
    long[] firstMs = new long[16], lastMs = new long[16], anchorMs = new long[16];

    public int Count { get; private set; }

    /// <summary>Each entry's node, twice as large as its number; one more where it is the goal.</summary>
    public ReadOnlySpan<int> Nodes => nodes.AsSpan(0, Count);

    /// <summary>Unix milliseconds of each entry's first event.</summary>
    public ReadOnlySpan<long> FirstMs => firstMs.AsSpan(0, Count);

    /// <summary>Unix milliseconds of each entry's last event.</summary>
    public ReadOnlySpan<long> LastMs => lastMs.AsSpan(0, Count);

    /// <summary>Which anchor each entry is; of repeats the first that is one counts.</summary>
    public ReadOnlySpan<int> Anchors => anchors.AsSpan(0, Count);

    /// <summary>When an entry that is an anchor happened as one, Unix milliseconds.</summary>
    public ReadOnlySpan<long> AnchorMs => anchorMs.AsSpan(0, Count);

    /// <summary>The first entry after each one that is the goal; <see cref="Count"/> where none is. Only after <see cref="FindGoals"/>.</summary>
    public ReadOnlySpan<int> NextGoals => nextGoals.AsSpan(0, Count);

    public void Clear() => Count = 0;

    /// <summary>Adds the next event.</summary>
    /// <param name="anchor">Which anchor it is; <see cref="NoAnchor"/>.</param>
    public void Add(long timeMs, int node, bool isGoal, int anchor)
    {
        var entry = node << 1 | (isGoal ? 1 : 0);
        // A goal is never a repeat: the path ends there.
        if (collapsesRepeats && Count > 0 && !isGoal && nodes[Count - 1] == entry)
        {
            lastMs[Count - 1] = timeMs;
            if (anchor != NoAnchor && anchors[Count - 1] == NoAnchor) (anchors[Count - 1], anchorMs[Count - 1]) = (anchor, timeMs);
            return;
        }
        if (Count == nodes.Length) Grow();
        (nodes[Count], firstMs[Count], lastMs[Count], anchors[Count], anchorMs[Count]) = (entry, timeMs, timeMs, anchor, timeMs);
        Count++;
    }

    /// <summary>Finds out where each entry's next goal is, once all are added.</summary>
    public void FindGoals()
    {
        var next = Count;
        for (var i = Count - 1; i >= 0; i--)
        {
            nextGoals[i] = next;
            if ((nodes[i] & 1) != 0) next = i;
        }
    }

    void Grow()
    {
        var length = nodes.Length * 2;
        Array.Resize(ref nodes, length);
        Array.Resize(ref anchors, length);
        Array.Resize(ref nextGoals, length);
        Array.Resize(ref firstMs, length);
        Array.Resize(ref lastMs, length);
        Array.Resize(ref anchorMs, length);
    }
}
