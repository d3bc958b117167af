using System.Text.Json;
using System.Text.RegularExpressions;
using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.Infra;

/// <summary>What infra/workbook.json and the alerts ask Application Insights for is what the code measures.</summary>
public sealed class The_workbook_and_the_alerts
{
    static readonly string Workbook = File.ReadAllText(RepositoryFolder.Of("infra", "workbook.json"));

    static readonly string Alerts = File.ReadAllText(RepositoryFolder.Of("infra", "modules", "alerts.bicep"));

    static readonly HashSet<string> Measured = [.. DocTable.Rows("docs/operations/monitoring.md", "| instrument | unit | by | what |").SelectMany(row => row[0].Split(", ")).Select(name => name.Trim('`'))];

    static IEnumerable<string> Queries
    {
        get
        {
            using var json = JsonDocument.Parse(Workbook);
            return [.. json.RootElement.GetProperty("items").EnumerateArray().Where(item => item.GetProperty("type").GetInt32() == 3).Select(item => item.GetProperty("content").GetProperty("query").GetString()!)];
        }
    }

    [Fact]
    public void Ask_for_measurements_that_there_are()
    {
        var asked = NamesIn(string.Join('\n', Queries)).Concat(NamesIn(Alerts)).ToHashSet();
        Assert.True(asked.Count > 10, "hardly anything is asked for");
        Assert.Empty(asked.Except(Measured));
        Assert.All(Queries, query => Assert.NotEmpty(NamesIn(query)));
    }

    /// <summary>Each dimension is one that the instrument is measured by.</summary>
    [Fact]
    public void Split_measurements_by_what_they_are_measured_by()
    {
        var by = DocTable.Rows("docs/operations/monitoring.md", "| instrument | unit | by | what |")
            .SelectMany(row => row[0].Split(", ").Select(name => (Name: name.Trim('`'), By: row[2].Split(", ").Select(tag => tag.Trim('`')).ToHashSet()))).ToDictionary(one => one.Name, one => one.By);
        foreach (var query in Queries)
            Assert.All(Regex.Matches(query, @"customDimensions\.(\w+)"), dimension => Assert.All(NamesIn(query), name => Assert.Contains(dimension.Groups[1].Value, by[name])));
    }

    [Fact]
    public void Show_every_part_of_the_pipeline()
    {
        var shown = NamesIn(Workbook.Replace("\\\"", "\"", StringComparison.Ordinal)).Select(name => name.Split('.')[1]).ToHashSet();
        Assert.Superset(new HashSet<string> { "ingest", "stream", "spool", "consumer", "compaction", "job", "query", "cache", "storage" }, shown);
    }

    [Fact]
    public void Are_explained_in_the_page_about_monitoring() => Assert.Equal(
        Regex.Matches(Alerts, @"^ {2,4}name: '([a-z-]+)'", RegexOptions.Multiline).Select(match => match.Groups[1].Value).Except(["cairn-operators"]).Order(StringComparer.Ordinal),
        DocTable.Rows("docs/operations/monitoring.md", "| alert | means | do |").Select(row => row[0].Trim('`')).Order(StringComparer.Ordinal));

    static List<string> NamesIn(string text) => [.. Regex.Matches(text, @"""(cairn\.[\w.]+)""").Select(match => match.Groups[1].Value)];
}
