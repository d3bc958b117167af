using Cairn.Model.Identity;
using Cairn.Storage.Identity;
using Cairn.Support.Identity;
using Xunit;

namespace Cairn.Behaviour.Storage.Identity;

public class Reading_persons
{
    readonly RecentStory rows = new();

    [Fact]
    public async Task Sees_each_claim_once_it_is_readable_and_leaves_older_maps_alone()
    {
        var persons = new PersonDirectory(rows);
        rows.Claim(LinkRule.MixpanelDeviceAndUser, "u1", "$device:D1");
        var first = await ReadAsync(persons);
        Assert.Same(first, await ReadAsync(persons));
        rows.Claim(LinkRule.MixpanelDeviceAndUser, "u1", "$device:D2");
        var second = await ReadAsync(persons);
        Assert.Equal("$device:D2", first.PersonOf("$device:D2"));
        Assert.Equal("u1", second.PersonOf("$device:D2"));
        Assert.Equal("u1", second.PersonOf("$device:D1"));
    }

    [Fact]
    public async Task Tells_all_of_a_person()
    {
        var persons = new PersonDirectory(rows);
        var place = rows.Claim(LinkRule.MixpanelDeviceAndUser, "u1", "$device:D1");
        rows.Claim(LinkRule.MixpanelDeviceAndUser, "u2", "$device:D1");
        var person = await persons.FindAsync(RecentStory.ProjectId, IdentityMode.Simplified, "$device:D1", CancellationToken.None);
        Assert.Equal(
            [new("u1", LinkRule.None, "", 0, ProfileJoin.Always), new PersonId("$device:D1", LinkRule.MixpanelDeviceAndUser, "u1", place.ReceivedAtMs, ProfileJoin.AfterLink)],
            person!.Ids);
        Assert.Equal(LinkRefusal.DeviceHasAnotherUser, Assert.Single(person.Refusals).Reason);
        Assert.Null(await persons.FindAsync(RecentStory.ProjectId, IdentityMode.Simplified, "u3", CancellationToken.None));
        Assert.Null(await persons.FindAsync("p2", IdentityMode.Simplified, "u1", CancellationToken.None));
    }

    [Fact]
    public async Task Serves_many_readers_at_once()
    {
        var persons = new PersonDirectory(rows);
        for (var n = 0; n < 50; n++) rows.Claim(LinkRule.MixpanelDeviceAndUser, "u1", $"$device:{n}");
        var maps = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => ReadAsync(persons).AsTask())));
        Assert.All(maps, map => Assert.Equal("u1", map.PersonOf("$device:49")));
    }

    static ValueTask<PersonMap> ReadAsync(PersonDirectory persons) => persons.ReadAsync(RecentStory.ProjectId, IdentityMode.Simplified, CancellationToken.None);
}
