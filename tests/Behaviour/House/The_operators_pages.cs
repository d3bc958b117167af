using System.Text.RegularExpressions;
using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.House;

/// <summary>A newcomer who begins at README.md finds everything that an operator does.</summary>
public sealed class The_operators_pages
{
    const string Index = "docs/operations/README.md";

    static readonly string Text = File.ReadAllText(RepositoryFolder.Of(Index.Split('/')));

    static readonly string[] Pages = [.. Directory.GetFiles(RepositoryFolder.Of("docs", "operations"), "*.md").Select(Path.GetFileName)!];

    /// <summary>What has to be found, and a word of the place where it stands.</summary>
    [Theory]
    [InlineData("deploy", "azd up")]
    [InlineData("point an SDK", "snippet")]
    [InlineData("see an event", "live feed")]
    [InlineData("add a colleague", "sign-in-links")]
    [InlineData("erase a person", "privacy/erasures")]
    [InlineData("upgrade", "git pull")]
    [InlineData("tear down", "azd down")]
    [InlineData("be told when something is wrong", "consumer-behind")]
    [InlineData("know what it costs", "million events")]
    [InlineData("grow", "throughput")]
    [InlineData("keep a copy, and come back from one", "azcopy")]
    public void Tell_how_to(string task, string word)
    {
        var row = DocTable.Rows(Index, "| I want to | on Azure | on one machine |").Single(one => one[0] == task);
        var link = Regex.Match(row[1], @"\]\(([^)#]*)(?:#([^)]+))?\)");
        Assert.True(link.Success, $"'{task}' leads nowhere");
        Assert.Matches(word, SectionOf(link.Groups[1].Value, link.Groups[2].Value));
    }

    [Fact]
    public void Are_found_from_the_readme_and_the_tasks_too()
    {
        var readme = File.ReadAllText(RepositoryFolder.Of("README.md"));
        Assert.Contains($"({Index})", readme, StringComparison.Ordinal);
        foreach (var task in new[] { "deploy", "point an SDK", "see an event", "add a colleague", "erase a person", "upgrade", "tear down" }) Assert.Contains(task, readme, StringComparison.Ordinal);
    }

    [Fact]
    public void Are_all_linked_from_their_first_page() =>
        Assert.Empty(Pages.Except(["README.md"]).Where(page => !Text.Contains($"({page}", StringComparison.Ordinal)));

    /// <summary>Links between pages, and to places in them.</summary>
    [Fact]
    public void Lead_to_pages_and_sections_that_there_are()
    {
        var broken = new List<string>();
        foreach (var page in Pages)
        {
            foreach (Match link in Regex.Matches(File.ReadAllText(RepositoryFolder.Of("docs", "operations", page)), @"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)"))
            {
                var (file, anchor) = (link.Groups[1].Value, link.Groups[2].Value);
                var target = file.Length == 0 ? RepositoryFolder.Of("docs", "operations", page) : Path.GetFullPath(RepositoryFolder.Of("docs", "operations", file));
                if (!File.Exists(target) && !Directory.Exists(target)) broken.Add($"{page}: {link.Value}");
                else if (anchor.Length > 0 && !HeadingsOf(target).Contains(anchor)) broken.Add($"{page}: {link.Value}");
            }
        }
        Assert.Empty(broken);
    }

    [Fact]
    public void Copy_recent_files_before_logs_and_logs_before_the_rest()
    {
        var section = SectionOf("backup.md", "copy");
        string[] order = ["$from/recent", "_delta_log", "$from/*"];
        Assert.Equal(order.Order(Comparer<string>.Create((one, other) => section.IndexOf(one, StringComparison.Ordinal).CompareTo(section.IndexOf(other, StringComparison.Ordinal)))), order);
    }

    [Fact]
    public void Name_images_and_files_that_the_dockerfile_has()
    {
        var dockerfile = File.ReadAllText(RepositoryFolder.Of("Dockerfile"));
        foreach (Match target in Regex.Matches(File.ReadAllText(RepositoryFolder.Of("docs", "operations", "container.md")), @"--target (\S+)"))
            Assert.Contains($" AS {target.Groups[1].Value}\n", dockerfile, StringComparison.Ordinal);
        Assert.All(Regex.Matches(dockerfile, @"src/\S+\.csproj"), project => Assert.True(File.Exists(RepositoryFolder.Of(project.Value.Split('/')))));
        var version = $"{Environment.Version.Major}.{Environment.Version.Minor}";
        Assert.All(Regex.Matches(dockerfile, @"FROM (mcr\S+)"), image => Assert.EndsWith(version, image.Groups[1].Value, StringComparison.Ordinal));
        // What it starts is what a build makes.
        Assert.Contains("Cairn.Functions.dll", dockerfile, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(AppContext.BaseDirectory, "Cairn.Functions.dll")));
    }

    static string SectionOf(string file, string anchor)
    {
        var page = File.ReadAllText(file.Length == 0 ? RepositoryFolder.Of(Index.Split('/')) : Path.GetFullPath(RepositoryFolder.Of("docs", "operations", file)));
        if (anchor.Length == 0) return page;
        var sections = Regex.Split(page, @"^(?=#{1,4} )", RegexOptions.Multiline);
        return sections.Single(section => AnchorOf(section.Split('\n')[0]) == anchor);
    }

    static HashSet<string> HeadingsOf(string file) => [.. File.ReadLines(file).Where(line => line.StartsWith('#')).Select(AnchorOf)];

    /// <summary>As GitHub makes it.</summary>
    static string AnchorOf(string heading) => Regex.Replace(heading.TrimStart('#').Trim().ToLowerInvariant(), @"[^\w\- ]", "").Replace(' ', '-');
}
