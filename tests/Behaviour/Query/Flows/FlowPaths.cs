using Cairn.Query.Definitions;
using Cairn.Query.Flows;
using Cairn.Support.Query;
using Xunit;

namespace Cairn.Behaviour.Query.Flows;

/// <summary>Paths as text, through the kernel, and what must be true of every answer.</summary>
static class FlowPaths
{
    public static string Text(FlowNodeName name) => name.Kind switch
    {
        FlowNodeKind.Anchor or FlowNodeKind.Event => name.Value is null ? name.Event! : $"{name.Event} [{name.Value}]",
        FlowNodeKind.Other => "(other)",
        FlowNodeKind.Goal => "(goal)",
        FlowNodeKind.DropOff => "(drop-off)",
        _ => "(start)",
    };

    public static string Text(FlowsOracle.Path path) => $"{path.Person} {path.At:O} {string.Join(" > ", path.Before.AsEnumerable().Reverse().Append(path.Anchor).Concat(path.After).Select(Text))}";

    /// <summary>Every path as the kernel goes it, over all of each person's time or session after session.</summary>
    public static IEnumerable<FlowsOracle.Path> ByKernel(FlowsDefinition definition, IEnumerable<MemoryEvent> events)
    {
        // The naive twin knows of each row alone what it is; the way from it is the kernel's.
        var rows = new FlowsOracle(definition with { Forward = 1, Reverse = 0, Counting = FlowCounting.Totals, CollapsesRepeats = false });
        foreach (var person in events.Where(row => row.DistinctId is not null).GroupBy(row => row.DistinctId!))
        {
            List<MemoryEvent> own = [.. person.OrderBy(row => row.Time).ThenBy(row => row.Name, StringComparer.Ordinal)];
            var sessions = definition.IsBySession ? SessionOracle.SessionsOf(definition.Switches.Sessions, definition.Project.Zone, own) : new int[own.Count];
            var found = new List<FlowsOracle.Path>();
            foreach (var session in own.Zip(sessions).Where(row => row.Second >= 0).GroupBy(row => row.Second))
                found.AddRange(OfScope(definition, rows, person.Key, [.. session.Select(row => row.First)]));
            foreach (var path in definition.Counting == FlowCounting.Uniques ? found.OrderBy(path => path.At).Take(1) : found) yield return path;
        }
    }

    static IEnumerable<FlowsOracle.Path> OfScope(FlowsDefinition definition, FlowsOracle oracle, string person, List<MemoryEvent> rows)
    {
        var journey = new FlowJourney(definition.CollapsesRepeats);
        var names = new List<FlowNodeName>();
        foreach (var row in rows.Where(oracle.IsShown))
        {
            var name = oracle.NodeOf(row);
            if (!names.Contains(name)) names.Add(name);
            var anchor = oracle.AnchorOf(row) is { } met ? definition.Anchors.ToList().FindIndex(one => one.Name == met.Event) : FlowJourney.NoAnchor;
            journey.Add(row.Time.ToUnixTimeMilliseconds(), names.IndexOf(name), oracle.IsGoal(row), anchor);
        }
        journey.FindGoals();
        var windowMs = definition.Window is ConversionWindow.Duration { Length: var length } ? (long)length.TotalMilliseconds : long.MaxValue;
        var found = new List<FlowsOracle.Path>();
        for (var at = 0; at < journey.Count; at++)
        {
            if (journey.Anchors[at] == FlowJourney.NoAnchor || definition.Counting != FlowCounting.Totals && found.Count > 0) continue;
            int[] forward = new int[definition.Forward], reverse = new int[definition.Reverse];
            var steps = FlowKernel.Follow(journey.Nodes, journey.FirstMs, at, journey.AnchorMs[at], windowMs, forward, out var endsAtGoal);
            var earlier = FlowKernel.Trace(journey.Nodes, journey.LastMs, at, journey.AnchorMs[at], windowMs, reverse);
            List<FlowNodeName> after = [.. forward.Take(steps).Select(node => names[node])], before = [.. reverse.Take(earlier).Select(node => names[node])];
            if (endsAtGoal) after[^1] = new(FlowNodeKind.Goal);
            else if (steps < definition.Forward) after.Add(new(FlowNodeKind.DropOff));
            if (earlier < definition.Reverse) before.Add(new(FlowNodeKind.Start));
            var reached = journey.NextGoals[at] < journey.Count && journey.FirstMs[journey.NextGoals[at]] - journey.AnchorMs[at] <= windowMs;
            found.Add(new(person, DateTimeOffset.FromUnixTimeMilliseconds(journey.AnchorMs[at]), new(FlowNodeKind.Anchor, definition.Anchors[journey.Anchors[at]].Name), before, after, reached));
        }
        return found;
    }

    /// <summary>What comes into a node goes out of it, and the anchors are all paths.</summary>
    public static void AddUp(string where, FlowsAnswer answer)
    {
        Assert.Equal((where, answer.Paths), (where, answer.Levels.Single(level => level.Step == 0).Nodes.Sum(node => node.Count)));
        foreach (var level in answer.Levels)
            foreach (var (place, node) in level.Nodes.Index())
            {
                var isEnd = node.Name.Kind is FlowNodeKind.DropOff or FlowNodeKind.Goal or FlowNodeKind.Start;
                long Sum(Func<FlowLink, bool> of) => answer.Links.Where(of).Sum(link => link.Count);
                // An end has no further side; an outermost node none that is asked for.
                if (level.Step < answer.Levels[^1].Step && !(isEnd && level.Step > 0))
                    Assert.Equal((where, level.Step, node.Name, node.Count), (where, level.Step, node.Name, Sum(link => link.Step == level.Step && link.From == place)));
                if (level.Step > answer.Levels[0].Step && !(isEnd && level.Step < 0))
                    Assert.Equal((where, level.Step, node.Name, node.Count), (where, level.Step, node.Name, Sum(link => link.Step == level.Step - 1 && link.To == place)));
            }
    }

    /// <summary>Every node and every link leads to as many paths; where persons are counted, to each once.</summary>
    public static async Task LeadToPeople(string where, FlowsReport report, FlowsDefinition definition, FlowsAnswer answer)
    {
        var levels = answer.Levels.ToDictionary(level => level.Step);
        foreach (var level in answer.Levels)
            foreach (var node in level.Nodes) await Expect(node.Count, new(level.Step, node.Name));
        foreach (var link in answer.Links)
        {
            var (from, to) = (levels[link.Step].Nodes[link.From].Name, levels[link.Step + 1].Nodes[link.To].Name);
            await Expect(link.Count, link.Step >= 0 ? new(link.Step + 1, to, from) : new(link.Step, from, to));
        }

        async Task Expect(long count, FlowNumber number)
        {
            var (paths, _) = await report.PathsAsync(definition, number, CancellationToken.None);
            Assert.Equal((where, number, count), (where, number, paths.Count));
            if (definition.Counting == FlowCounting.Uniques) Assert.Equal(count, paths.Select(path => path.Person).Distinct().Count());
        }
    }
}
