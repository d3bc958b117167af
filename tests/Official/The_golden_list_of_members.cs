using Cairn.Support;
using Xunit;

namespace Cairn.Official;

/// <summary>Compiled against Microsoft's packages, the cloud's code uses the very members that the golden list holds: the compiler chose no other.</summary>
public sealed class The_golden_list_of_members
{
    [Fact]
    public void Is_what_the_official_packages_give()
    {
        var used = OfficialMembers.UsedBy(
            Path.Combine(AppContext.BaseDirectory, "Cairn.Cloud.dll"), "Azure.Data.Tables", "Azure.Storage.Blobs", "Azure.Storage.Common", "Azure.Messaging.EventHubs");
        var listed = File.ReadAllLines(RepositoryFolder.Of("tests", "Golden", "official-members", "Cloud.txt")).Where(line => line.Length > 0 && line[0] != '#').Order(StringComparer.Ordinal);
        Assert.Equal(string.Join('\n', listed), string.Join('\n', used));
    }
}
