using System.Runtime.InteropServices;
using Cairn.Query.Definitions;

namespace Cairn.Query.Flows;

/// <summary>Puts together what workers counted, and makes it levels and links: the most frequent events of each step one by one, the others as one node.</summary>
sealed class FlowLevels
{
    readonly FlowsDefinition definition;
    readonly IReadOnlyList<FlowsWorker> workers;
    readonly SortedDictionary<int, Level> levels = [];

    public FlowLevels(FlowsDefinition definition, IReadOnlyList<FlowsWorker> workers)
    {
        (this.definition, this.workers) = (definition, workers);
        var anchors = new Level();
        for (var anchor = 0; anchor < definition.Anchors.Count; anchor++)
            anchors.Add(new(FlowNodeKind.Anchor, definition.Anchors[anchor].Name), workers.Sum(worker => worker.AnchorCounts[anchor]));
        levels.Add(0, anchors);
        for (var step = 1; step <= definition.Forward; step++) levels.Add(step, LevelOf(step));
        for (var step = 1; step <= definition.Reverse; step++) levels.Add(-step, LevelOf(-step));
    }

    /// <summary>The events told one by one, by step.</summary>
    public IReadOnlyDictionary<int, IReadOnlySet<(string Event, string? Value)>> Shown { get; private set; } = new Dictionary<int, IReadOnlySet<(string Event, string? Value)>>();

    public IReadOnlyList<FlowLevel> Levels() => [.. levels.Select(level => new FlowLevel(level.Key, level.Value.Nodes))];

    public IReadOnlyList<FlowLink> Links()
    {
        var links = new List<FlowLink>();
        foreach (var (step, level) in levels)
        {
            if (step == 0) continue;
            var counts = new Dictionary<(int Inner, int Outer), long>();
            var inner = levels[step - Math.Sign(step)];
            foreach (var (worker, from, to, count) in CountsOf(step))
                CollectionsMarshal.GetValueRefOrAddDefault(counts, (PlaceOf(inner, step - Math.Sign(step), worker, from), PlaceOf(level, step, worker, to)), out _) += count;
            // In the order of time: before the anchor the outer level comes first.
            links.AddRange(counts.Select(link => step > 0 ? new FlowLink(step - 1, link.Key.Inner, link.Key.Outer, link.Value) : new(step, link.Key.Outer, link.Key.Inner, link.Value)));
        }
        return [.. links.OrderBy(link => link.Step).ThenBy(link => link.From).ThenBy(link => link.To)];
    }

    /// <summary>Whole paths, the most frequent first.</summary>
    public IReadOnlyList<FlowPath> TopPaths() => definition.Paths == 0 ? [] : [.. workers
        .SelectMany(worker => worker.WholePaths!.All().Select(path => (Steps: path.Steps.Select((step, index) => NameOf(worker, step, isFirst: index == 0)).ToArray(), path.Count)))
        .GroupBy(path => string.Concat(path.Steps.Select(KeyOf)), StringComparer.Ordinal)
        .Select(group => new FlowPath(group.First().Steps, group.Sum(path => path.Count)))
        .OrderByDescending(path => path.Count)
        .ThenBy(path => string.Join('\0', path.Steps.Select(step => $"{step.Event}\0{step.Value}")), StringComparer.Ordinal)
        .ThenBy(path => string.Concat(path.Steps.Select(KeyOf)), StringComparer.Ordinal)
        .Take(definition.Paths)];

    Level LevelOf(int step)
    {
        var byName = new Dictionary<(string Event, string? Value), long>();
        var (ended, atGoal) = (0L, 0L);
        foreach (var (worker, _, to, count) in CountsOf(step))
            switch (to)
            {
                case LinkCounts.Ended: ended += count; break;
                case LinkCounts.AtGoal: atGoal += count; break;
                default: CollectionsMarshal.GetValueRefOrAddDefault(byName, worker.Nodes[to], out _) += count; break;
            }
        var level = new Level();
        var ranked = byName.OrderByDescending(node => node.Value).ThenBy(node => node.Key.Event, StringComparer.Ordinal).ThenBy(node => node.Key.Value, StringComparer.Ordinal).ToList();
        foreach (var (node, count) in ranked.Take(definition.Top)) level.Add(new(FlowNodeKind.Event, node.Event, node.Value), count);
        Shown = new Dictionary<int, IReadOnlySet<(string Event, string? Value)>>(Shown) { [step] = ranked.Take(definition.Top).Select(node => node.Key).ToHashSet() };
        if (ranked.Count > definition.Top) level.Add(new(FlowNodeKind.Other), ranked.Skip(definition.Top).Sum(node => node.Value), ranked.Count - definition.Top);
        if (atGoal > 0) level.Add(new(FlowNodeKind.Goal), atGoal);
        if (ended > 0) level.Add(new(step > 0 ? FlowNodeKind.DropOff : FlowNodeKind.Start), ended);
        return level;
    }

    IEnumerable<(FlowsWorker Worker, int From, int To, long Count)> CountsOf(int step) => workers.SelectMany(worker =>
        (step > 0 ? worker.After[step - 1] : worker.Before[-step - 1]).All().Select(link => (worker, link.From, link.To, link.Count)));

    int PlaceOf(Level level, int step, FlowsWorker worker, int node) => level.PlaceOf(
        step == 0 ? new(FlowNodeKind.Anchor, definition.Anchors[node].Name)
        : node == LinkCounts.AtGoal ? new(FlowNodeKind.Goal)
        : node == LinkCounts.Ended ? new(step > 0 ? FlowNodeKind.DropOff : FlowNodeKind.Start)
        : Shown[step].Contains(worker.Nodes[node]) ? new(FlowNodeKind.Event, worker.Nodes[node].Event, worker.Nodes[node].Value)
        : new(FlowNodeKind.Other));

    /// <param name="isFirst">Whether it is the first step of the path: what has ended there is what came before.</param>
    FlowNodeName NameOf(FlowsWorker worker, int step, bool isFirst) => step switch
    {
        LinkCounts.Ended => new(isFirst ? FlowNodeKind.Start : FlowNodeKind.DropOff),
        LinkCounts.AtGoal => new(FlowNodeKind.Goal),
        < 0 => new(FlowNodeKind.Anchor, definition.Anchors[FlowsWorker.AnchorOfStep(step)].Name),
        _ => new(FlowNodeKind.Event, worker.Nodes[step].Event, worker.Nodes[step].Value),
    };

    /// <summary>With their lengths, for a name may hold any character.</summary>
    static string KeyOf(FlowNodeName node) => $"{(int)node.Kind}{node.Event?.Length ?? 0}:{node.Event}{node.Value?.Length ?? -1}:{node.Value}";

    sealed class Level
    {
        readonly Dictionary<FlowNodeName, int> places = [];

        public List<FlowNode> Nodes { get; } = [];

        public void Add(FlowNodeName name, long count, int events = 1)
        {
            places.Add(name, Nodes.Count);
            Nodes.Add(new(name, count, events));
        }

        public int PlaceOf(FlowNodeName name) => places[name];
    }
}
