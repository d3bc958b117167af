using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using NodaTime;

namespace Cairn.Support.Query;

/// <summary>The naive twin of the flows report: from each anchor it looks through the person's events one by one.</summary>
public sealed class FlowsOracle(FlowsDefinition definition)
{
    static readonly string[] LinkingEvents = ["$identify", "$create_alias", "$merge"];

    /// <summary>One path.</summary>
    /// <param name="Before">The nodes before the anchor, the nearest first, then <see cref="FlowNodeKind.Start"/> where there is room.</param>
    /// <param name="After">The nodes after it, then what ends it where there is room.</param>
    /// <param name="Reached">Whether it comes to the goal, after however many steps.</param>
    public sealed record Path(string Person, DateTimeOffset At, FlowNodeName Anchor, List<FlowNodeName> Before, List<FlowNodeName> After, bool Reached)
    {
        /// <summary>The node at a step; null where the path does not go so far.</summary>
        public FlowNodeName? this[int step] =>
            step == 0 ? Anchor : step > 0 ? After.ElementAtOrDefault(step - 1) : Before.ElementAtOrDefault(-step - 1);
    }

    public List<Path> Paths(IEnumerable<MemoryEvent> events) => [.. events.Where(row => row.DistinctId is not null).GroupBy(row => row.DistinctId!)
        .SelectMany(person => OfPerson(person.Key, [.. person.OrderBy(row => row.Time).ThenBy(row => row.Name, StringComparer.Ordinal)]))];

    IEnumerable<Path> OfPerson(string person, List<MemoryEvent> rows)
    {
        var sessions = definition.IsBySession ? SessionOracle.SessionsOf(definition.Switches.Sessions, definition.Project.Zone, rows) : new int[rows.Count];
        var anchors = Enumerable.Range(0, rows.Count).Where(row => sessions[row] >= 0 && AnchorOf(rows[row]) is not null).ToList();
        anchors.RemoveAll(row => IsRepeatedAnchor(row));
        if (definition.Counting == FlowCounting.Sessions) anchors = [.. anchors.GroupBy(row => sessions[row]).Select(group => group.First())];
        foreach (var anchor in definition.Counting == FlowCounting.Uniques ? anchors.Take(1) : anchors)
            yield return new(person, rows[anchor].Time, AnchorOf(rows[anchor])!, Before(anchor), After(anchor), Reaches(anchor));

        IEnumerable<int> Shown(int of) => Enumerable.Range(0, rows.Count).Where(row => sessions[row] == sessions[of] && IsShown(rows[row]));
        // The shown event right before one, in its scope.
        int? Previous(int row) => Shown(row).Where(other => other < row).Select(other => (int?)other).LastOrDefault();
        bool IsRepeat(int row) => definition.CollapsesRepeats && Previous(row) is { } previous && !IsGoal(rows[row]) && !IsGoal(rows[previous]) && NodeOf(rows[row]) == NodeOf(rows[previous]);
        bool IsRepeatedAnchor(int row)
        {
            for (var at = row; IsRepeat(at);)
            {
                at = Previous(at)!.Value;
                if (AnchorOf(rows[at]) is not null) return true;
            }
            return false;
        }
        List<FlowNodeName> After(int anchor)
        {
            var steps = new List<FlowNodeName>();
            foreach (var row in Shown(anchor).Where(row => row > anchor && IsNear(row, anchor) && !IsRepeat(row)))
            {
                if (steps.Count == definition.Forward) return steps;
                steps.Add(IsGoal(rows[row]) ? new(FlowNodeKind.Goal) : NodeOf(rows[row]));
                if (IsGoal(rows[row])) return steps;
            }
            if (steps.Count < definition.Forward) steps.Add(new(FlowNodeKind.DropOff));
            return steps;
        }
        List<FlowNodeName> Before(int anchor)
        {
            var first = anchor;
            while (IsRepeat(first)) first = Previous(first)!.Value;
            var steps = new List<FlowNodeName>();
            for (var at = Previous(first); at is { } row && IsNear(row, anchor) && steps.Count < definition.Reverse; at = Previous(row))
            {
                steps.Add(NodeOf(rows[row]));
                while (IsRepeat(row)) row = Previous(row)!.Value;
            }
            if (steps.Count < definition.Reverse) steps.Add(new(FlowNodeKind.Start));
            return steps;
        }
        bool Reaches(int anchor) => Shown(anchor).Any(row => row > anchor && IsNear(row, anchor) && IsGoal(rows[row]));
        bool IsNear(int row, int anchor) => definition.Window is not ConversionWindow.Duration { Length: var length } || (rows[row].Time - rows[anchor].Time).Duration() <= length;
    }

    public FlowNodeName? AnchorOf(MemoryEvent row)
    {
        var at = Instant.FromDateTimeOffset(row.Time);
        if (at < definition.Range.From || at >= definition.Range.Until || !Holds(definition.Filter, row)) return null;
        var anchor = definition.Anchors.FirstOrDefault(anchor => Meets(anchor.AnyOf, row));
        return anchor is null ? null : new(FlowNodeKind.Anchor, anchor.Name);
    }

    public bool IsGoal(MemoryEvent row) => Holds(definition.Filter, row) && Meets(definition.Goal, row);

    public bool IsShown(MemoryEvent row) =>
        AnchorOf(row) is not null || IsGoal(row) || Holds(definition.Filter, row) && !LinkingEvents.Contains(row.Name) && !definition.Hidden.Contains(row.Name);

    public FlowNodeName NodeOf(MemoryEvent row)
    {
        if (definition.Expansions.FirstOrDefault(expansion => expansion.Event == row.Name) is not { } expansion) return new(FlowNodeKind.Event, row.Name);
        var value = Evaluate(expansion.By, row);
        return new(FlowNodeKind.Event, row.Name, value.IsMissing ? definition.Switches.MissingKey : ValueText.Of(value));
    }

    static bool Meets(IEnumerable<EventSelection> anyOf, MemoryEvent row) => anyOf.Any(selection => selection.Covers(row.Name) && Holds(selection.Filter, row));

    static bool Holds(Expression? filter, MemoryEvent row) => filter is null || Evaluate(filter, row).IsTrue;

    static Value Evaluate(Expression expression, MemoryEvent row)
    {
        var compiled = CompiledExpression.Compile(expression);
        return compiled.Evaluate([.. compiled.Inputs.Select(input => SegmentationOracle.Read(input, row))]);
    }
}
