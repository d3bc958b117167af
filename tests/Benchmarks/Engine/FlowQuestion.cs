using Cairn.Query.Definitions;
using Cairn.Query.Flows;
using Cairn.Query.Scanning;

namespace Cairn.Benchmarks.Engine;

/// <summary>The three steps after each person's first search.</summary>
static class FlowQuestion
{
    public static async Task<string> AskAsync(ReportReader reader)
    {
        var answer = await new FlowsReport(reader, TimeProvider.System).AnswerAsync(
            new()
            {
                Project = EngineQuestions.Project,
                Range = EngineQuestions.Range,
                Anchors = [new([EventSelection.Named("Search")])],
                Forward = 3,
                Top = FlowsDefinition.MaxTop,
                Switches = Switches.Mixpanel,
            },
            default);
        string NameOf(int step, int place) => answer.Levels[step].Nodes[place].Name.Event ?? "";
        var links = answer.Links.Select(link => (link.Step, From: NameOf(link.Step, link.From), To: NameOf(link.Step + 1, link.To), link.Count));
        var ordered = links.OrderBy(link => link.Step).ThenBy(link => link.From, StringComparer.Ordinal).ThenBy(link => link.To, StringComparer.Ordinal);
        return string.Join('\n', ordered.Select(link => $"{link.Step}\t{link.From}\t{link.To}\t{link.Count}"));
    }
}
