using System.Text.RegularExpressions;
using Cairn.Support;
using Cairn.Support.Query;
using Xunit;

namespace Cairn.Behaviour.Query;

/// <summary>docs/semantics/vendors-examples.md lists the vendors' own examples; each is one here that a page's test replays through the report and over HTTP.</summary>
public class The_vendors_own_examples
{
    const string List = "docs/semantics/vendors-examples.md";

    static readonly IReadOnlyList<(string Title, string Page, string Anchor)> Links =
        [.. Regex.Matches(File.ReadAllText(RepositoryFolder.Of(List.Split('/'))), @"\| \[(.+)\]\(([a-z-]+)\.md#(\S+)\) \|").Select(link => (link.Groups[1].Value, link.Groups[2].Value, link.Groups[3].Value))];

    [Fact]
    public void Each_is_an_example_of_its_page()
    {
        Assert.True(Links.Count > 80, $"{Links.Count} links");
        foreach (var page in Links.GroupBy(link => link.Page))
        {
            var titles = PageExample.Of($"docs/semantics/{page.Key}.md").Select(example => example.Title).ToHashSet();
            Assert.Empty(page.Where(link => !titles.Contains(link.Title) || AnchorOf(link.Title) != link.Anchor));
        }
    }

    [Fact]
    public void Each_page_is_replayed_over_HTTP()
    {
        var tests = Directory.GetFiles(RepositoryFolder.Of("tests", "Behaviour", "Query"), "Following_the_page.cs", SearchOption.AllDirectories).Select(File.ReadAllText).ToList();
        Assert.All(Links.Select(link => link.Page).Distinct(), page => Assert.Single(tests, test => test.Contains($"\"docs/semantics/{page}.md\"", StringComparison.Ordinal) && test.Contains("Task Over_HTTP(", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_example_with_a_vendors_name_is_listed()
    {
        var listed = Links.Select(link => (link.Page, link.Title)).ToHashSet();
        foreach (var page in Links.Select(link => link.Page).Distinct())
        {
            var named = File.ReadLines(RepositoryFolder.Of("docs", "semantics", $"{page}.md")).Where(line => line.StartsWith("### Mixpanel: ", StringComparison.Ordinal) || line.StartsWith("### Amplitude: ", StringComparison.Ordinal));
            Assert.Empty(named.Select(line => (page, line[4..])).Where(example => !listed.Contains(example)));
        }
    }

    /// <summary>As GitHub makes it of a heading.</summary>
    static string AnchorOf(string title) => Regex.Replace(title.ToLowerInvariant(), @"[^\w\- ]", "").Replace(' ', '-');
}
