using Cairn.Behaviour.Query.Sessions;
using Cairn.Query.Definitions;
using Cairn.Query.Flows;
using Cairn.Query.Scanning;
using Cairn.Storage.Rows;
using Cairn.Support;
using Cairn.Support.Query;
using Xunit;

namespace Cairn.Behaviour.Query.Flows;

/// <summary>Every node, link and whole path counts as a naive twin counts them, adds up, and leads to as many paths, on random questions.</summary>
public class Counting_like_the_oracle
{
    /// <summary>Memory for columns that holds no question's rows at once: they are read share by share.</summary>
    const int FewBytes = 10_000;

    static readonly int Questions = FullRun.Count(150, 4_000);

    [Fact]
    public async Task Agrees_on_random_questions()
    {
        for (var seed = 1; seed <= Questions; seed++) await Agree(seed);
        FullRun.Keep(this, $"seeds 1 to {Questions}: every node, link and path is that of the naive twin, adds up, and leads to as many paths");
    }

    static async Task Agree(int seed)
    {
        var random = new Random(seed);
        var definition = RandomFlows.Definition(random);
        var events = RandomSessions.Events(random, random.Next(1, 8), 40);
        var source = new MemoryEvents();
        foreach (var part in events.OrderBy(_ => random.Next()).Chunk(random.Next(1, 60))) source.AddPart(part);
        var report = new FlowsReport(new ReportReader(source.Source, new MemoryPeople(), new ColumnCache(random.Next(3) == 0 ? FewBytes : 1 << 20)), TimeProvider.System);

        var answer = await report.AnswerAsync(definition, CancellationToken.None);

        var paths = new FlowsOracle(definition).Paths(events);
        Assert.Equal((seed, paths.Count), (seed, answer.Paths));
        Assert.Equal((seed, definition.Goal.Count == 0 ? null : (long?)paths.Count(path => path.Reached)), (seed, answer.Reached));
        Assert.Equal(Enumerable.Range(-definition.Reverse, definition.Reverse + definition.Forward + 1), answer.Levels.Select(level => level.Step));
        var shown = answer.Levels.ToDictionary(level => level.Step, level => ShownAt(level.Step, paths, definition));
        FlowNodeName? NameAt(FlowsOracle.Path path, int step) => path[step] is { Kind: FlowNodeKind.Event } name && !shown[step].Contains(name) ? new(FlowNodeKind.Other) : path[step];
        foreach (var level in answer.Levels)
        {
            var expected = paths.Select(path => NameAt(path, level.Step)).OfType<FlowNodeName>().GroupBy(name => name).Select(group => $"{FlowPaths.Text(group.Key)} {group.Count()}");
            // An anchor that nothing met stands there all the same.
            Assert.Equal((seed, Lines(expected)), (seed, Lines(level.Nodes.Where(node => node.Count > 0).Select(node => $"{FlowPaths.Text(node.Name)} {node.Count}"))));
            Assert.Equal(shown[level.Step], level.Nodes.Where(node => node.Name.Kind == FlowNodeKind.Event).Select(node => node.Name));
        }
        for (var step = -definition.Reverse; step < definition.Forward; step++)
        {
            var expected = paths.Where(path => NameAt(path, step) is not null && NameAt(path, step + 1) is not null).GroupBy(path => $"{FlowPaths.Text(NameAt(path, step)!)} > {FlowPaths.Text(NameAt(path, step + 1)!)}")
                .Select(group => $"{group.Key} {group.Count()}");
            var (from, to) = (Nodes(answer, step), Nodes(answer, step + 1));
            Assert.Equal((seed, step, Lines(expected)), (seed, step, Lines(answer.Links.Where(link => link.Step == step).Select(link => $"{FlowPaths.Text(from[link.From].Name)} > {FlowPaths.Text(to[link.To].Name)} {link.Count}"))));
        }
        var whole = paths.GroupBy(path => string.Join(" > ", path.Before.AsEnumerable().Reverse().Append(path.Anchor).Concat(path.After).Select(FlowPaths.Text))).ToDictionary(group => group.Key, group => group.Count());
        Assert.Equal(whole.Values.OrderDescending().Take(definition.Paths), answer.TopPaths.Select(path => (int)path.Count));
        Assert.All(answer.TopPaths, path => Assert.Equal(whole[string.Join(" > ", path.Steps.Select(FlowPaths.Text))], path.Count));
        FlowPaths.AddUp($"seed {seed}", answer);
        if (random.Next(5) == 0) await FlowPaths.LeadToPeople($"seed {seed}", report, definition, answer);
    }

    static IReadOnlyList<FlowNode> Nodes(FlowsAnswer answer, int step) => answer.Levels.Single(level => level.Step == step).Nodes;

    static string Lines(IEnumerable<string> lines) => string.Join('\n', lines.Order(StringComparer.Ordinal));

    static List<FlowNodeName> ShownAt(int step, List<FlowsOracle.Path> paths, FlowsDefinition definition) => [.. paths.Select(path => path[step])
        .Where(name => name is { Kind: FlowNodeKind.Event }).OfType<FlowNodeName>().GroupBy(name => name)
        .OrderByDescending(group => group.Count()).ThenBy(group => group.Key.Event, StringComparer.Ordinal).ThenBy(group => group.Key.Value, StringComparer.Ordinal)
        .Take(definition.Top).Select(group => group.Key)];
}
