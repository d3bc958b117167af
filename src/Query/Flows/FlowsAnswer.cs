using Cairn.Query.Definitions;

namespace Cairn.Query.Flows;

/// <summary>What a flows report came to.</summary>
/// <param name="Paths">How many paths there are: persons, occurrences of an anchor, or sessions.</param>
/// <param name="Reached">How many of them come to the goal within the window, after however many steps; null without a goal.</param>
/// <param name="Levels">One a step, from the first before the anchor to the last after it.</param>
/// <param name="Links">From a node of one level to one of the next, in the order of levels and nodes.</param>
/// <param name="TopPaths">Whole paths, the most frequent first.</param>
/// <remarks>
/// Every node's count is the sum of its links on either side, where there are levels on that side: what comes in goes on or drops off.
/// </remarks>
public sealed record FlowsAnswer(
    long Paths, long? Reached, IReadOnlyList<FlowLevel> Levels, IReadOnlyList<FlowLink> Links, IReadOnlyList<FlowPath> TopPaths, Coverage Coverage);

/// <summary>One step.</summary>
/// <param name="Step">0 is the anchors'.</param>
/// <param name="Nodes">Anchors in the order asked; events the most frequent first, then the other, the goal, the drop-off or start; those without paths are left out.</param>
public sealed record FlowLevel(int Step, IReadOnlyList<FlowNode> Nodes);

/// <summary>One node, and the paths through it.</summary>
/// <param name="Events">How many different events it stands for: more than one for the other.</param>
public sealed record FlowNode(FlowNodeName Name, long Count, int Events);

/// <summary>The paths from a node of one level to a node of the next.</summary>
/// <param name="Step">The earlier level's step.</param>
/// <param name="From">The node's place in that level.</param>
/// <param name="To">The node's place in the next level.</param>
public sealed record FlowLink(int Step, int From, int To, long Count);

/// <summary>A whole path: every step of it, however rare its events are, and how many took it.</summary>
public sealed record FlowPath(IReadOnlyList<FlowNodeName> Steps, long Count);

/// <summary>One path behind a number.</summary>
/// <param name="Person">The id that all linked ids stand for.</param>
/// <param name="AtMs">When the anchor happened, Unix milliseconds.</param>
public sealed record FoundPath(string Person, long AtMs)
{
    public static Comparer<FoundPath> Order { get; } = Comparer<FoundPath>.Create((x, y) =>
        string.CompareOrdinal(x.Person, y.Person) is var byPerson and not 0 ? byPerson : x.AtMs.CompareTo(y.AtMs));
}
