using System.Text.RegularExpressions;
using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.House;

/// <summary>CONTRIBUTING.md lists every random suite with how much it runs each time, and in full.</summary>
public sealed partial class The_random_suites
{
    [Fact]
    public void Stand_in_the_table_with_both_counts() => Assert.Equal(
        InCode().Order(StringComparer.Ordinal),
        DocTable.Rows("CONTRIBUTING.md", "| random suite | every run | full | of what |").Select(row => $"{row[0]} {row[1]} {row[2]}").Order(StringComparer.Ordinal));

    [Fact]
    public void Ask_one_place_whether_the_run_is_full() =>
        Assert.Empty(Sources().Where(file => file.Text.Contains("\"CAIRN_TEST_" + "FULL\"", StringComparison.Ordinal) && file.Name != "FullRun"));

    static IEnumerable<string> InCode() => Sources()
        .SelectMany(file => Counts().Matches(file.Text).Select(count => $"{file.Folder}{file.Name} {Number(count.Groups[1])} {Number(count.Groups[2])}"))
        .Distinct();

    static IEnumerable<(string Folder, string Name, string Text)> Sources()
    {
        foreach (var suite in new[] { "Behaviour", "EndToEnd", "Support" })
        {
            var root = RepositoryFolder.Of("tests", suite);
            foreach (var file in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories))
            {
                var folder = Path.GetRelativePath(root, Path.GetDirectoryName(file)!).Replace('\\', '/');
                yield return (folder == "." ? "" : folder + "/", Path.GetFileNameWithoutExtension(file), File.ReadAllText(file));
            }
        }
    }

    static string Number(Group digits) => int.Parse(digits.Value.Replace("_", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture).ToString("N0", System.Globalization.CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(?:FullRun\.Count\(|\.Hold\(this, )([0-9_]+), ([0-9_]+)\)")]
    private static partial Regex Counts();
}
