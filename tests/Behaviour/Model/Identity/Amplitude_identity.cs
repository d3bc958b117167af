using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Support.Identity;
using Xunit;

namespace Cairn.Behaviour.Model.Identity;

/// <summary>The scenarios of Amplitude's docs, "Track unique users", one test each.</summary>
public class Amplitude_identity
{
    [Theory]
    [InlineData("1: anonymous on one device", "amplitude device=A is $device:A; amplitude device=A is $device:A; persons 1")]
    [InlineData("2: anonymous, then signed in", "amplitude device=A is Ann; amplitude device=A user=Ann is Ann; persons 1")]
    [InlineData("3: one user, two devices", "amplitude device=A user=Ann is Ann; amplitude device=B user=Ann is Ann; persons 1")]
    [InlineData("4: signed out on the same device", "amplitude device=A user=Ann is Ann; amplitude device=A is Ann; persons 1")]
    [InlineData("5: another user signs in", "amplitude device=A user=Ann is Ann; amplitude device=A is Ann; amplitude device=A user=Bob is Bob!DeviceHasAnotherUser; persons 2")]
    [InlineData("6: and signs out", "amplitude device=A user=Ann is Ann; amplitude device=A is Ann; amplitude device=A user=Bob is Bob!DeviceHasAnotherUser; amplitude device=A is Bob; persons 2")]
    [InlineData("7: an anonymous device turns out to be a known user's", "amplitude device=A user=Ann is Ann; amplitude device=B is Ann; amplitude device=B user=Ann is Ann; persons 1")]
    [InlineData("7: before that", "amplitude device=A user=Ann is Ann; amplitude device=B is $device:B; persons 2")]
    [InlineData("8: one human being, two user ids", "amplitude device=A user=Ann is Ann; amplitude device=A user=Bob is Bob!DeviceHasAnotherUser; persons 2")]
    [InlineData("9: two anonymous devices", "amplitude device=A is $device:A; amplitude device=B is $device:B; persons 2")]
    public void Gives_the_documented_persons(string scenario, string journey)
    {
        Assert.NotEmpty(scenario);
        IdentityJourney.Read(journey.Replace(';', '\n')).AssertInEveryOrder();
    }

    [Fact]
    public void Orders_the_events_of_one_request_by_their_items()
    {
        var fold = new IdentityFold(IdentityMode.Simplified);
        ReceiptOrder At(int index) => new(5000, new(7, 7, index));
        fold.Add([new(At(1), LinkRule.AmplitudeDeviceAndUser, "Ann", "$device:A"), new(At(5), LinkRule.AmplitudeDeviceAndUser, "Bob", "$device:A")]);
        string PersonAt(ReceiptOrder receipt) => fold.PersonOf(new SeenIds(Dialect.Amplitude, null, "A", null, receipt));
        Assert.Equal("Ann", PersonAt(At(0)));
        Assert.Equal("Ann", PersonAt(At(3)));
        Assert.Equal("Bob", PersonAt(At(6)));
        Assert.Equal("Bob", PersonAt(ReceiptOrder.EndOf(5000)));
        Assert.True(fold.Map.DependsOnReceipt("$device:A"));
    }

    [Fact]
    public void A_device_with_one_user_does_not_depend_on_receipt()
    {
        var fold = new IdentityFold(IdentityMode.Simplified);
        fold.Add([new(new(1, new(1, 1, 1)), LinkRule.AmplitudeDeviceAndUser, "Ann", "$device:A")]);
        Assert.False(fold.Map.DependsOnReceipt("$device:A"));
    }
}
