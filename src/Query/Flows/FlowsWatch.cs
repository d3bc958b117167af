using Cairn.Query.Definitions;

namespace Cairn.Query.Flows;

/// <summary>Which paths one number of an answer stands for, while they are followed anew.</summary>
/// <param name="shown">The events that are told one by one, by step.</param>
sealed class FlowsWatch(FlowsDefinition definition, FlowNumber number, IReadOnlyDictionary<int, IReadOnlySet<(string Event, string? Value)>> shown)
{
    /// <summary>Bytes of what is noted of a path, with its place in the list.</summary>
    public const long BytesOfPath = 64;

    /// <param name="forward">Its steps after the anchor, with what ends it.</param>
    /// <param name="reverse">Its steps before, the nearest first.</param>
    public bool Covers(FlowsWorker worker, int anchor, ReadOnlySpan<int> forward, ReadOnlySpan<int> reverse) =>
        Goes(worker, anchor, forward, reverse, number.Step, number.Node)
        && (number.NextTo is not { } nextTo || Goes(worker, anchor, forward, reverse, number.Step - Math.Sign(number.Step), nextTo));

    /// <summary>Whether a path goes through a node at a step.</summary>
    bool Goes(FlowsWorker worker, int anchor, ReadOnlySpan<int> forward, ReadOnlySpan<int> reverse, int step, FlowNodeName node)
    {
        if (step == 0) return node.Kind == FlowNodeKind.Anchor && definition.Anchors[anchor].Name == node.Event;
        var steps = step > 0 ? forward : reverse;
        if (Math.Abs(step) > steps.Length) return false;
        var at = steps[Math.Abs(step) - 1];
        return at switch
        {
            LinkCounts.AtGoal => node.Kind == FlowNodeKind.Goal,
            LinkCounts.Ended => node.Kind == (step > 0 ? FlowNodeKind.DropOff : FlowNodeKind.Start),
            _ when node.Kind == FlowNodeKind.Event => worker.Nodes[at] == (node.Event!, node.Value) && shown[step].Contains(worker.Nodes[at]),
            _ => node.Kind == FlowNodeKind.Other && !shown[step].Contains(worker.Nodes[at]),
        };
    }
}
