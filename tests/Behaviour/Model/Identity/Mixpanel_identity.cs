using System.Globalization;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Support.Identity;
using Xunit;

namespace Cairn.Behaviour.Model.Identity;

public class Mixpanel_identity
{
    /// <summary>The table of user flows in Mixpanel's docs, "Identifying users (simplified)", row by row.</summary>
    [Fact]
    public void Simplified_gives_the_documented_distinct_ids() => IdentityJourney.Read(
        """
        mixpanel device=D1 is U1
        mixpanel device=D1 user=U1 is U1
        mixpanel device=D2 is U1
        mixpanel device=D2 user=U1 is U1
        mixpanel device=D3 is U2
        mixpanel device=D3 user=U2 is U2
        mixpanel device=D1 user=U2 is U2!DeviceHasAnotherUser
        mixpanel device=D1 is U1
        mixpanel device=D4 is $device:D4
        """).AssertInEveryOrder();

    /// <summary>The same, one row at a time: whose it is once all have arrived.</summary>
    [Theory]
    [InlineData("vector 1: a device before it signs in", "$device:D1 D1 -", 1, "U1")]
    [InlineData("vector 2: signs in, and is linked", "U1 D1 U1", 2, "U1")]
    [InlineData("vector 3: another device of the same user", "$device:D2 D2 -", 3, "U1")]
    [InlineData("vector 4: signs in there", "U1 D2 U1", 4, "U1")]
    [InlineData("vector 5: a new device after reset", "$device:D3 D3 -", 5, "U2")]
    [InlineData("vector 6: a second user signs in", "U2 D3 U2", 6, "U2")]
    [InlineData("vector 7: the second user on the first user's device", "U2 D1 U2", 7, "U2")]
    [InlineData("vector 8: that device goes on without a user", "$device:D1 D1 -", 8, "U1")]
    [InlineData("vector 9: a device that never signs in", "$device:D4 D4 -", 9, "$device:D4")]
    public void Simplified_passes(string vector, string ids, int receivedAt, string person)
    {
        Assert.NotEmpty(vector);
        var fold = new IdentityFold(IdentityMode.Simplified);
        (int At, string User, string Device)[] links = [(2, "U1", "D1"), (4, "U1", "D2"), (6, "U2", "D3"), (7, "U2", "D1")];
        fold.Add([.. links.Select(link => Claim(link.At, LinkRule.MixpanelDeviceAndUser, link.User, $"$device:{link.Device}"))]);
        string?[] sent = [.. ids.Split(' ').Select(id => id == "-" ? null : id)];
        Assert.Equal(person, fold.PersonOf(new SeenIds(Dialect.Mixpanel, sent[0], sent[1], sent[2], new(receivedAt * 1000L, new(1, 1, receivedAt)))));
        Assert.Equal([LinkRefusal.DeviceHasAnotherUser], fold.Find("$device:D1")!.Refusals.Select(refusal => refusal.Reason));
    }

    [Fact]
    public void A_thousand_devices_may_belong_to_one_user_in_the_simplified_system()
    {
        var fold = new IdentityFold(IdentityMode.Simplified);
        fold.Add(Enumerable.Range(0, 1000).Select(n => Claim(n, LinkRule.MixpanelDeviceAndUser, "ann", Text($"$device:{n}"))));
        Assert.Equal(1001, fold.Find("ann")!.Ids.Count);
        Assert.Equal("ann", fold.PersonOf("$device:999"));
    }

    [Fact]
    public void The_original_system_leaves_ids_past_500_out_of_a_cluster()
    {
        var fold = new IdentityFold(IdentityMode.Original);
        fold.Add(Enumerable.Range(0, 510).Select(n => Claim(n, LinkRule.MixpanelMerge, "ann", Text($"id-{n}"))));
        var ann = fold.Find("ann")!;
        Assert.Equal(500, ann.Ids.Count);
        Assert.Equal(11, ann.Refusals.Count);
        Assert.All(ann.Refusals, refusal => Assert.Equal(LinkRefusal.TooManyIds, refusal.Reason));
        Assert.Equal("id-509", fold.PersonOf("id-509"));
    }

    [Theory]
    [InlineData("0f8fad5b-d9cb-469f-a165-70867728950e", true)]
    [InlineData("$device:0F8FAD5B-D9CB-469F-A165-70867728950E", true)]
    [InlineData("17d6e6b5c8-0a1b2c3d4e5f-6a7b-13c680-17d6e6b5c9", true)] // made by older browser libraries
    [InlineData("17d6e6b5c8-0a1b2c3d4e5f-6a7b-13c680", false)]
    [InlineData("0f8fad5b-d9cb-469f-a165-", false)]
    [InlineData("ann@example.org", false)]
    [InlineData("$device:phone", false)]
    [InlineData("", false)]
    public void Only_a_uuid_counts_as_anonymous_in_the_original_system(string id, bool isUuid) => Assert.Equal(isUuid, AnonymousId.IsUuid(id));

    [Theory]
    [InlineData("MixpanelDeviceAndUser", "$device:D1", "ann")]
    [InlineData("MixpanelDeviceAndUser", "ann", "$device:D1")]
    public void A_device_and_its_user_may_stand_in_either_order(string rule, string id, string otherId)
    {
        var fold = new IdentityFold(IdentityMode.Simplified);
        fold.Add([Claim(1, Enum.Parse<LinkRule>(rule), id, otherId)]);
        Assert.Equal("ann", fold.PersonOf("$device:D1"));
    }

    static LinkClaim Claim(int second, LinkRule rule, string id, string otherId) => new(new(second * 1000L, new(1, 1, second)), rule, id, otherId);

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
