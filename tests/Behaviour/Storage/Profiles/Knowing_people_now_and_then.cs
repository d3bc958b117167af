using System.Globalization;
using System.Text;
using Cairn.Behaviour.Support;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Model.Profiles;
using Cairn.Support;
using Cairn.Support.Identity;
using Cairn.Support.Profiles;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Cairn.Behaviour.Storage.Profiles;

public class Knowing_people_now_and_then
{
    public static TheoryData<int, string> Examples()
    {
        var examples = new TheoryData<int, string>();
        var page = File.ReadAllText(RepositoryFolder.Of("docs", "semantics", "profiles.md"));
        foreach (var part in page.Split("```people\n").Skip(1)) examples.Add(examples.Count + 1, part.Split("```")[0]);
        return examples;
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public Task Goes_as_the_page_says(int number, string example)
    {
        Assert.True(number > 0);
        return PeopleStory.Read(example).AssertAsync();
    }

    [Fact]
    public void The_page_has_its_examples() => Assert.Equal(6, Examples().Count);

    /// <summary>
    /// The oracle folds, for every question anew, the updates known by then whose owner was the same person by then.
    /// </summary>
    [Fact]
    public void Agrees_with_the_oracle_at_every_moment() => Prop.ForAll(Gen.ListOf(Line()).Select(lines => string.Join('\n', lines)).ToArbitrary(), text =>
    {
        var story = PeopleStory.Read("original\n" + text);
        var map = story.ReadAsync().GetAwaiter().GetResult();
        for (var second = 1; second <= text.Split('\n').Length + 1; second++)
        {
            var then = new ReceiptOrder(second * 1000L - 500, default);
            foreach (var ids in Questions(then)) Assert.Equal($"{ids}: {Oracle(story, AddressThen(story, ids), then)}", $"{ids}: {UpdateStory.Text(map.AsOf(ids))}");
        }
        var persons = new NaiveIdentity(IdentityMode.Original, story.Claims);
        foreach (var user in new[] { "U1", "U2", "U3" })
            if (persons.PersonOf(user) == user) Assert.Equal($"{user}: {Oracle(story, user, ReceiptOrder.Last)}", $"{user}: {UpdateStory.Text(map.Current(user))}");
    }).Hold(this, 60, 3_000);

    static string Oracle(PeopleStory story, string address, ReceiptOrder then)
    {
        var persons = new NaiveIdentity(IdentityMode.Original, story.Claims.Where(claim => claim.Order < then));
        var profile = new NaiveProfile();
        foreach (var (id, update) in story.Updates.Where(update => update.Update.Order < then))
        {
            var owner = update.FollowsDevice ? persons.PersonOf(new SeenIds(Dialect.Amplitude, id, id["$device:".Length..], null, update.Order)) : persons.PersonOf(id);
            if (owner == persons.PersonOf(address)) profile.Apply(Encoding.UTF8.GetString(update.Operations.Span));
        }
        return profile.ToString();
    }

    static string AddressThen(PeopleStory story, SeenIds ids)
    {
        if (ids.UserId is not null || ids.Dialect != Dialect.Amplitude) return ids.DistinctId!;
        var last = story.Claims.LastOrDefault(claim => claim.Rule == LinkRule.AmplitudeDeviceAndUser && claim.OtherId == ids.DistinctId && claim.Order < ids.Receipt);
        return last.Id ?? ids.DistinctId!;
    }

    static IEnumerable<SeenIds> Questions(ReceiptOrder then)
    {
        foreach (var device in new[] { "A", "B" })
        {
            yield return new(Dialect.Amplitude, "$device:" + device, device, null, then);
            yield return new(Dialect.Segment, "$device:" + device, device, null, then);
        }
        foreach (var user in new[] { "U1", "U2" }) yield return new(Dialect.Amplitude, user, null, user, then);
    }

    static Gen<string> Line() =>
        from kind in Gen.Choose(0, 5)
        from user in Gen.Elements("U1", "U2", "U3")
        from device in Gen.Elements("A", "B")
        from other in Gen.Elements("U1", "U2", "U3")
        from number in Gen.Choose(1, 9)
        let body = string.Create(CultureInfo.InvariantCulture, $$$"""{"append": {"l": {{{number}}}}}""")
        select kind switch
        {
            0 => $"link amplitude user={user} device={device}",
            1 => $"link segment user={user} device={device}",
            2 => $"update amplitude user={user} {body}",
            3 or 4 => $"update {(number % 2 == 0 ? "amplitude" : "segment")} device={device} {body}",
            _ => number < 3 ? $"merge {user} {other}" : $"update segment user={user} {body}",
        };
}
