using System.Numerics;
using Cairn.Query.Definitions;
using Cairn.Query.Journeys;
using Cairn.Query.Sessions;
using Cairn.Query.Turns;

namespace Cairn.Query.Flows;

/// <summary>Follows the paths of the people of some shards. Each thread has its own.</summary>
sealed class FlowsWorker
{
    readonly FlowsPlan plan;
    readonly StepScan scan;
    readonly SessionNumbers? numbers;
    readonly FlowJourney journey;
    readonly ReportMemory memory;
    readonly FlowsWatch? watch;
    readonly LinkCounts[] after, before;
    readonly WholePaths? wholePaths;
    readonly int[] forward, reverse, whole;
    int[] nodes = [], sessions = [], bySession = [], sessionStarts = [];
    int sessionCount;

    public FlowsWorker(FlowsPlan plan, ReportMemory memory, FlowsWatch? watch)
    {
        (this.plan, this.memory, this.watch) = (plan, memory, watch);
        var definition = plan.Definition;
        scan = new(plan.Conditions, plan.RowFilter);
        numbers = definition.IsBySession ? new(definition.Switches.Sessions, definition.Project.Zone) : null;
        journey = new(definition.CollapsesRepeats);
        Nodes = new(plan, memory);
        (forward, reverse) = (new int[definition.Forward], new int[definition.Reverse]);
        after = [.. forward.Select(_ => new LinkCounts(memory))];
        before = [.. reverse.Select(_ => new LinkCounts(memory))];
        wholePaths = definition.Paths > 0 ? new(memory) : null;
        whole = new int[forward.Length + reverse.Length + 1];
        AnchorCounts = new long[definition.Anchors.Count];
    }

    public FlowNodes Nodes { get; }

    /// <summary>Paths by anchor.</summary>
    public long[] AnchorCounts { get; }

    /// <summary>Paths that come to the goal, after however many steps.</summary>
    public long Reached { get; private set; }

    /// <summary>Links out from the step before each step after the anchor; the first one's from the anchors.</summary>
    public IReadOnlyList<LinkCounts> After => after;

    /// <summary>The same before the anchor, the nearest first.</summary>
    public IReadOnlyList<LinkCounts> Before => before;

    /// <summary>Codes of the persons of the paths that are watched, and when each one's anchor happened.</summary>
    public List<(int Person, long AtMs)> Watched { get; } = [];

    /// <summary>Null where none are asked for.</summary>
    public WholePaths? WholePaths => wholePaths;

    public void Work(JourneyShard shard)
    {
        var matches = scan.Match(shard, plan.ScanRange);
        if (nodes.Length < matches.RowCount)
        {
            nodes = new int[matches.RowCount];
            sessions = new int[numbers is null ? 0 : matches.RowCount];
        }
        Nodes.Fill(shard.Columns, matches, nodes.AsSpan(0, matches.RowCount));
        numbers?.Fill(shard.Columns, matches.Starts, matches.Rows, matches.Times, sessions.AsSpan(0, matches.RowCount));
        for (var place = 0; place < matches.PersonCount; place++)
        {
            shard.Columns.PauseAt(place);
            var (start, end) = (matches.Starts[place], matches.Starts[place + 1]);
            var person = shard.Persons[matches.Places[place]];
            if (!HasAnchor(matches, start, end)) continue;
            if (numbers is null) TakeAllTime(matches, start, end, person);
            else TakeSessions(matches, start, end, person);
        }
    }

    bool HasAnchor(StepMatches matches, int start, int end)
    {
        for (var i = start; i < end; i++)
            if (AnchorOf(matches, i) != FlowJourney.NoAnchor) return true;
        return false;
    }

    int AnchorOf(StepMatches matches, int i)
    {
        var bits = matches.Masks[i] & plan.AnchorBits;
        return bits == 0 || matches.Times[i] < plan.Definition.Range.FromMs || matches.Times[i] >= plan.Definition.Range.UntilMs
            ? FlowJourney.NoAnchor
            : BitOperations.TrailingZeroCount(bits);
    }

    void TakeAllTime(StepMatches matches, int start, int end, int person)
    {
        journey.Clear();
        for (var i = start; i < end; i++) AddEvent(matches, i);
        if (plan.GoalBit != 0) journey.FindGoals();
        for (var i = 0; i < journey.Count; i++)
        {
            if (journey.Anchors[i] == FlowJourney.NoAnchor) continue;
            Take(i, person);
            if (plan.Definition.Counting == FlowCounting.Uniques) return;
        }
    }

    /// <summary>Takes one session after the other, though they may lie side by side.</summary>
    void TakeSessions(StepMatches matches, int start, int end, int person)
    {
        SortBySession(start, end);
        var only = plan.Definition.Counting == FlowCounting.Uniques ? FirstAnchored(matches, start, end) : -1;
        for (var session = 0; session < sessionCount; session++)
        {
            if (plan.Definition.Counting == FlowCounting.Uniques && session != only) continue;
            journey.Clear();
            for (var i = sessionStarts[session]; i < sessionStarts[session + 1]; i++) AddEvent(matches, bySession[i]);
            if (plan.GoalBit != 0) journey.FindGoals();
            for (var i = 0; i < journey.Count; i++)
            {
                if (journey.Anchors[i] == FlowJourney.NoAnchor) continue;
                Take(i, person);
                if (plan.Definition.Counting != FlowCounting.Totals) break;
            }
        }
    }

    /// <summary>The session of the first anchor that is in one; -1 without any.</summary>
    int FirstAnchored(StepMatches matches, int start, int end)
    {
        for (var i = start; i < end; i++)
            if (sessions[i] >= 0 && AnchorOf(matches, i) != FlowJourney.NoAnchor) return sessions[i];
        return -1;
    }

    void AddEvent(StepMatches matches, int i)
    {
        var isGoal = (matches.Masks[i] & plan.GoalBit) != 0;
        var anchor = AnchorOf(matches, i);
        // An anchor or goal is shown though its event is hidden.
        if (anchor == FlowJourney.NoAnchor && !isGoal && ((matches.Masks[i] & plan.VisibleBit) == 0 || Nodes.IsHidden(nodes[i]))) return;
        journey.Add(matches.Times[i], nodes[i], isGoal, anchor);
    }

    void Take(int at, int person)
    {
        var (anchor, anchorMs) = (journey.Anchors[at], journey.AnchorMs[at]);
        var steps = FlowKernel.Follow(journey.Nodes, journey.FirstMs, at, anchorMs, plan.WindowMs, forward, out var endsAtGoal);
        var earlier = FlowKernel.Trace(journey.Nodes, journey.LastMs, at, anchorMs, plan.WindowMs, reverse);
        if (endsAtGoal) forward[steps - 1] = LinkCounts.AtGoal;
        if (steps < forward.Length && !endsAtGoal) forward[steps++] = LinkCounts.Ended;
        if (earlier < reverse.Length) reverse[earlier++] = LinkCounts.Ended;
        AnchorCounts[anchor]++;
        var reached = plan.GoalBit != 0 && journey.NextGoals[at] is var goal && goal < journey.Count && journey.FirstMs[goal] - anchorMs <= plan.WindowMs;
        if (reached) Reached++;
        for (var step = 0; step < steps; step++) after[step].Add(step == 0 ? anchor : forward[step - 1], forward[step]);
        for (var step = 0; step < earlier; step++) before[step].Add(step == 0 ? anchor : reverse[step - 1], reverse[step]);
        wholePaths?.Add(Whole(anchor, steps, earlier));
        if (watch is null || !watch.Covers(this, anchor, forward.AsSpan(0, steps), reverse.AsSpan(0, earlier))) return;
        memory.Take(FlowsWatch.BytesOfPath, "people", "ask for the paths of a shorter range or of a rarer node");
        Watched.Add((person, anchorMs));
    }

    /// <summary>A path's steps before the anchor, the earliest first, the anchor, the steps after.</summary>
    ReadOnlySpan<int> Whole(int anchor, int steps, int earlier)
    {
        for (var i = 0; i < earlier; i++) whole[i] = reverse[earlier - 1 - i];
        whole[earlier] = AnchorStep(anchor);
        forward.AsSpan(0, steps).CopyTo(whole.AsSpan(earlier + 1));
        return whole.AsSpan(0, earlier + 1 + steps);
    }

    /// <summary>What an anchor is among the steps of a whole path: below every end.</summary>
    public static int AnchorStep(int anchor) => LinkCounts.AtGoal - 1 - anchor;

    /// <summary>Which anchor such a step is.</summary>
    public static int AnchorOfStep(int step) => LinkCounts.AtGoal - 1 - step;

    /// <summary>Puts a person's rows in order of their sessions, each one's in order; those of none are left out.</summary>
    void SortBySession(int start, int end)
    {
        sessionCount = 0;
        for (var i = start; i < end; i++) sessionCount = Math.Max(sessionCount, sessions[i] + 1);
        if (sessionStarts.Length < sessionCount + 2) sessionStarts = new int[sessionCount + 2];
        if (bySession.Length < end - start) bySession = new int[end - start];
        var starts = sessionStarts.AsSpan(0, sessionCount + 2);
        starts.Clear();
        // One place further than the place after it, for each start moves on while its session is filled.
        for (var i = start; i < end; i++)
            if (sessions[i] >= 0) starts[sessions[i] + 2]++;
        for (var i = 2; i < starts.Length; i++) starts[i] += starts[i - 1];
        for (var i = start; i < end; i++)
            if (sessions[i] >= 0) bySession[starts[sessions[i] + 1]++] = i;
    }
}
