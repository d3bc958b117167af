using System.Globalization;
using Cairn.Api.Answers;
using Cairn.Query.Definitions;
using Cairn.Query.Flows;

namespace Cairn.Api.V1.Flows;

/// <summary>A flows answer as CSV: a line for each link.</summary>
static class FlowsCsv
{
    public static string Of(FlowsAnswer answer)
    {
        var csv = new Csv().Row("from_step", "from_kind", "from_event", "from_value", "to_step", "to_kind", "to_event", "to_value", "count");
        var levels = answer.Levels.ToDictionary(level => level.Step);
        foreach (var link in answer.Links)
        {
            var (from, to) = (levels[link.Step].Nodes[link.From].Name, levels[link.Step + 1].Nodes[link.To].Name);
            csv.Row([Whole(link.Step), .. Cells(from), Whole(link.Step + 1), .. Cells(to), Whole(link.Count)]);
        }
        return csv.ToString();
    }

    public static string OfPaths(IReadOnlyList<FoundPath> paths)
    {
        var csv = new Csv().Row("person", "at");
        foreach (var path in paths) csv.Row(path.Person, CoverageHeaders.Iso(path.AtMs));
        return csv.ToString();
    }

    static string[] Cells(FlowNodeName name) => [FlowsJson.KindWord(name.Kind), name.Event ?? "", name.Value ?? ""];

    static string Whole(long number) => number.ToString(CultureInfo.InvariantCulture);
}
