using Cairn.Support;
using Cairn.Support.Profiles;
using Xunit;

namespace Cairn.Behaviour.Model.Profiles;

public class The_profiles_page
{
    public static TheoryData<int, string> Examples()
    {
        var examples = new TheoryData<int, string>();
        var page = File.ReadAllText(RepositoryFolder.Of("docs", "semantics", "profiles.md"));
        foreach (var part in page.Split("```updates\n").Skip(1)) examples.Add(examples.Count + 1, part.Split("```")[0]);
        return examples;
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void Says_what_the_fold_does(int number, string example)
    {
        Assert.True(number > 0);
        UpdateStory.Read(example).Assert();
    }

    [Fact]
    public void Has_its_examples() => Assert.Equal(12, Examples().Count);
}
