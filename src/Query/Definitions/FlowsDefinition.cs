using Cairn.Query.Filters;

namespace Cairn.Query.Definitions;

/// <summary>A flows report before it is asked: what people do after something, and before it, step by step.</summary>
/// <remarks>Meaning and worked examples: docs/semantics/flows.md.</remarks>
public sealed record FlowsDefinition
{
    public const int MaxAnchors = 10;

    /// <summary>Steps each way.</summary>
    public const int MaxSteps = 10;

    /// <summary>Events told one by one at a step.</summary>
    public const int MaxTop = 50;

    public const int MaxHidden = 200;

    public const int MaxExpansions = 5;

    /// <summary>Whole paths told.</summary>
    public const int MaxPaths = 1_000;

    public required ReportProject Project { get; init; }

    /// <summary>When anchors happen; the events around them may lie outside.</summary>
    public required TimeRange Range { get; init; }

    /// <summary>What paths go out from: each is a node of step 0.</summary>
    public required IReadOnlyList<FlowAnchor> Anchors { get; init; }

    /// <summary>What a path ends at, any of these; none: nothing.</summary>
    public IReadOnlyList<EventSelection> Goal { get; init; } = [];

    /// <summary>Steps after the anchor.</summary>
    public int Forward { get; init; } = 3;

    /// <summary>Steps before it.</summary>
    public int Reverse { get; init; }

    /// <summary>How many events of a step are told one by one, the most frequent first; the others are one node.</summary>
    public int Top { get; init; } = 3;

    /// <summary>How far from the anchor a path reaches: elapsed time each way, or the anchor's session.</summary>
    public ConversionWindow Window { get; init; } = new ConversionWindow.Duration(TimeSpan.FromDays(30));

    public FlowCounting Counting { get; init; } = FlowCounting.Uniques;

    /// <summary>Events that are passed over.</summary>
    public IReadOnlyList<string> Hidden { get; init; } = [];

    /// <summary>Whether the same event several times in a row is one.</summary>
    public bool CollapsesRepeats { get; init; }

    /// <summary>Events told apart by a value they carry.</summary>
    public IReadOnlyList<FlowExpansion> Expansions { get; init; } = [];

    /// <summary>What must be true of every event of a path; null: nothing.</summary>
    public Expression? Filter { get; init; }

    /// <summary>How many whole paths are told, the most frequent first.</summary>
    public int Paths { get; init; }

    public required Switches Switches { get; init; }

    /// <summary>Whether a path stays in its anchor's session.</summary>
    public bool IsBySession => Window is ConversionWindow.Sessions;

    /// <summary>Says what is wrong with it, if anything is.</summary>
    /// <exception cref="DefinitionException">It can't be asked.</exception>
    public void Check()
    {
        if (Range.Until <= Range.From) throw new DefinitionException("range", "the range ends before it begins");
        if (Anchors.Count is 0 or > MaxAnchors) throw new DefinitionException("anchors", $"give 1 to {MaxAnchors} anchors");
        for (var i = 0; i < Anchors.Count; i++)
            if (Anchors[i].AnyOf.Count == 0) throw new DefinitionException($"anchors[{i}]", "name at least one event");
        if (Anchors.Select(anchor => anchor.Name).Distinct(StringComparer.Ordinal).Count() < Anchors.Count) throw new DefinitionException("anchors", "call each anchor something else: give labels");
        if (Forward is < 0 or > MaxSteps) throw new DefinitionException("forward", $"give 0 to {MaxSteps} steps");
        if (Reverse is < 0 or > MaxSteps) throw new DefinitionException("reverse", $"give 0 to {MaxSteps} steps");
        if (Forward + Reverse == 0) throw new DefinitionException("forward", "ask for at least one step after the anchor or before it");
        if (Goal.Count > 0 && Forward == 0) throw new DefinitionException("goal", "a goal comes after the anchor: ask for at least one step forward");
        if (Top is < 1 or > MaxTop) throw new DefinitionException("top", $"give 1 to {MaxTop}");
        if (Hidden.Count > MaxHidden) throw new DefinitionException("hidden", $"hide at most {MaxHidden} events");
        if (Expansions.Count > MaxExpansions) throw new DefinitionException("expand", $"expand at most {MaxExpansions} events");
        if (Expansions.Select(expansion => expansion.Event).Distinct(StringComparer.Ordinal).Count() < Expansions.Count) throw new DefinitionException("expand", "expand an event once");
        if (Paths is < 0 or > MaxPaths) throw new DefinitionException("paths", $"give 0 to {MaxPaths}");
        switch (Window)
        {
            case ConversionWindow.Duration { Length: var length } when length < ConversionWindow.Shortest || length > ConversionWindow.Longest:
                throw new DefinitionException("window", $"give a window from 1 second to {ConversionWindow.Longest.TotalDays} days");
            case ConversionWindow.Sessions { Count: not 1 }:
                throw new DefinitionException("window.sessions", "a path lies in one session: give 1");
            case ConversionWindow.Duration when Counting == FlowCounting.Sessions:
                throw new DefinitionException("window", "where sessions are counted the window is {\"sessions\": 1}");
        }
        Switches.Sessions.Check();
    }
}

/// <summary>What paths go out from.</summary>
/// <param name="AnyOf">An event that is any of these.</param>
/// <param name="Label">What it is called; null: as its events.</param>
public sealed record FlowAnchor(IReadOnlyList<EventSelection> AnyOf, string? Label = null)
{
    /// <summary>What it is called.</summary>
    public string Name => Label ?? string.Join(" or ", AnyOf.Select(selection => selection.Label));
}

/// <summary>An event that is told apart by a value: each value is a node of its own.</summary>
public sealed record FlowExpansion(string Event, Expression By);

/// <summary>Which occurrences of an anchor begin a path.</summary>
public enum FlowCounting
{
    /// <summary>A person's first.</summary>
    Uniques,

    /// <summary>Every one.</summary>
    Totals,

    /// <summary>The first of each session.</summary>
    Sessions,
}

/// <summary>One node of an answer.</summary>
/// <param name="Event">The event; of an anchor its name; null for the others.</param>
/// <param name="Value">The value it is told apart by; null where it is not.</param>
public sealed record FlowNodeName(FlowNodeKind Kind, string? Event = null, string? Value = null);

public enum FlowNodeKind
{
    /// <summary>What paths go out from.</summary>
    Anchor,

    /// <summary>An event.</summary>
    Event,

    /// <summary>All events of a step that are not told one by one.</summary>
    Other,

    /// <summary>What a path ends at.</summary>
    Goal,

    /// <summary>Nothing comes after it within the window.</summary>
    DropOff,

    /// <summary>Nothing comes before it within the window.</summary>
    Start,
}

/// <summary>One number of a flows answer, to ask for the paths behind it.</summary>
/// <param name="Step">The node's step: from 1 after the anchor, from -1 before it, 0 for an anchor.</param>
/// <param name="NextTo">Only paths through this node of the step that is nearer to the anchor, and so of one link; null: all.</param>
public sealed record FlowNumber(int Step, FlowNodeName Node, FlowNodeName? NextTo = null);
