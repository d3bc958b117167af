using System.Text.RegularExpressions;
using System.Xml.Linq;
using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.House;

/// <summary>ARCHITECTURE.md draws the projects and their arrows; the project files must say the same.</summary>
public sealed partial class The_rooms_of_the_house
{
    static readonly Dictionary<string, string[]> Drawn = RowPattern()
        .Matches(File.ReadAllText(RepositoryFolder.Of("ARCHITECTURE.md")))
        .ToDictionary(row => row.Groups[1].Value, row => References(row.Groups[2].Value));

    public static TheoryData<string> Projects()
    {
        var found = new TheoryData<string>();
        foreach (var top in (string[])["src", "tests"])
            foreach (var file in Directory.GetFiles(RepositoryFolder.Of(top), "*.csproj", SearchOption.AllDirectories))
                if (!file.Contains("node_modules", StringComparison.Ordinal))
                    found.Add($"{top}/{Path.GetFileNameWithoutExtension(file)}");
        return found;
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Have_the_doors_that_the_drawing_shows(string project)
    {
        Assert.True(Drawn.TryGetValue(project, out var drawn), $"ARCHITECTURE.md has no row for {project}");
        var name = project.Split('/')[1];
        var built = XDocument.Load(RepositoryFolder.Of(project.Split('/')[0], name, $"{name}.csproj"))
            .Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')))
            .Order(StringComparer.Ordinal);
        Assert.Equal(drawn, built);
    }

    [Fact]
    public void Are_all_there() =>
        Assert.All(Drawn.Keys, project => Assert.True(Directory.Exists(RepositoryFolder.Of(project)), $"{project} is drawn but not built"));

    /// <summary>A folder that nobody drew is a word that nobody explained.</summary>
    [Fact]
    public void Are_all_named_with_the_folders_beside_them()
    {
        var folders = Directory.GetDirectories(RepositoryFolder.Path).Select(folder => Path.GetFileName(folder))
            .Where(top => top is not ("artifacts" or "data" or "TestResults") && !top.StartsWith('.'))
            .SelectMany(top => top is "src" or "tests" or "docs" ? Directory.GetDirectories(RepositoryFolder.Of(top)).Select(folder => $"{top}/{Path.GetFileName(folder)}") : [top])
            .Order(StringComparer.Ordinal);
        var named = FolderPattern().Matches(File.ReadAllText(RepositoryFolder.Of("ARCHITECTURE.md"))).Select(row => row.Groups[1].Value).Order(StringComparer.Ordinal);
        Assert.Equal(folders, named);
    }

    static string[] References(string cell) => cell == "none" ? [] : [.. cell.Split(", ").Order(StringComparer.Ordinal)];

    [GeneratedRegex(@"^\| `((?:src|tests)/\w+)` \|[^|]*\| ([\w, ]+) \|$", RegexOptions.Multiline)]
    private static partial Regex RowPattern();

    [GeneratedRegex(@"^\| `([\w/]+)` \|", RegexOptions.Multiline)]
    private static partial Regex FolderPattern();
}
