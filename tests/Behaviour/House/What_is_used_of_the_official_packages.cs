using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.House;

/// <summary>
/// Every member that the compiled app uses of LocalHost and Shims is one that Microsoft's packages have, with the same signature:
/// tests/Golden/official-members holds them with their sources. A new line is looked up there first.
/// </summary>
public sealed class What_is_used_of_the_official_packages
{
    [Theory]
    [InlineData("Functions")]
    [InlineData("Cloud")]
    public void Is_listed_with_its_source(string project)
    {
        var used = OfficialMembers.UsedBy(Path.Combine(AppContext.BaseDirectory, $"Cairn.{project}.dll"), "Cairn.LocalHost", "Cairn.Shims");
        var listed = File.ReadAllLines(RepositoryFolder.Of("tests", "Golden", "official-members", $"{project}.txt")).Where(line => line.Length > 0 && line[0] != '#').Order(StringComparer.Ordinal);
        Assert.Equal(string.Join('\n', listed), string.Join('\n', used));
    }

    [Fact]
    public void Is_nothing_that_only_the_local_build_has() =>
        Assert.All(
            (string[])["Api", "Cloud", "Functions", "Ingestion", "Model", "Projects", "Query", "Storage"],
            project => Assert.DoesNotContain(
                OfficialMembers.UsedBy(Path.Combine(AppContext.BaseDirectory, $"Cairn.{project}.dll"), "Cairn.LocalHost", "Cairn.Shims", "Cairn.Disk"),
                member => member.StartsWith("Cairn.", StringComparison.Ordinal)));
}
