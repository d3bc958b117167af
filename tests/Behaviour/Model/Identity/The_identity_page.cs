using Cairn.Support;
using Cairn.Support.Identity;
using Xunit;

namespace Cairn.Behaviour.Model.Identity;

public class The_identity_page
{
    public static TheoryData<int, string> Examples()
    {
        var examples = new TheoryData<int, string>();
        var page = File.ReadAllText(RepositoryFolder.Of("docs", "semantics", "identity.md"));
        foreach (var part in page.Split("```journey\n").Skip(1)) examples.Add(examples.Count + 1, part.Split("```")[0]);
        return examples;
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void Says_what_the_fold_does(int number, string example)
    {
        Assert.True(number > 0);
        IdentityJourney.Read(example).AssertInEveryOrder();
    }

    [Fact]
    public void Has_its_examples() => Assert.Equal(18, Examples().Count);
}
