using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Support;
using Cairn.Support.Ingest;
using Xunit;

namespace Cairn.Behaviour.Ingestion.Mixpanel;

/// <summary>What events say of who is who. Which claim links anything is the fold's to decide (docs/semantics/identity.md).</summary>
public class Claiming_links
{
    const string Uuid = "48e0ddf6-5db4-4be1-a765-2699a7984799";

    [Theory]
    [InlineData("Play", "\"distinct_id\":\"u1\",\"$device_id\":\"d1\",\"$user_id\":\"u1\"", "MixpanelDeviceAndUser u1 $device:d1")]
    [InlineData("Play", "\"distinct_id\":\"u1\",\"$device_id\":\"$device:d1\",\"$user_id\":\"u1\"", "MixpanelDeviceAndUser u1 $device:d1")]
    [InlineData("Play", "\"distinct_id\":\"$device:d1\",\"$device_id\":\"d1\"", "")]
    [InlineData("Play", "\"distinct_id\":\"u1\",\"$user_id\":\"u1\"", "")]
    [InlineData("$identify", "\"distinct_id\":\"u1\",\"$anon_distinct_id\":\"$device:" + Uuid + "\",\"$device_id\":\"" + Uuid + "\",\"$user_id\":\"u1\"",
        "MixpanelDeviceAndUser u1 $device:" + Uuid + "; MixpanelIdentify u1 $device:" + Uuid)] // as SDKs send it: one for either system
    [InlineData("$identify", "\"$identified_id\":\"u1\",\"$anon_id\":\"" + Uuid + "\"", "MixpanelIdentify u1 " + Uuid)] // as the docs have it
    [InlineData("$identify", "\"distinct_id\":\"u1\",\"$anon_distinct_id\":\"u1\"", "")]
    [InlineData("$identify", "\"distinct_id\":\"u1\"", "")]
    [InlineData("$create_alias", "\"distinct_id\":\"u1\",\"alias\":\"u1@ex.com\"", "MixpanelAlias u1 u1@ex.com")]
    [InlineData("$create_alias", "\"distinct_id\":\"u1\",\"alias\":17", "MixpanelAlias u1 17")]
    [InlineData("$create_alias", "\"distinct_id\":\"u1\"", "")]
    [InlineData("$create_alias", "\"distinct_id\":\"u1\",\"alias\":[\"a\"]", "")]
    [InlineData("$merge", "\"$distinct_ids\":[\"a\",\"b\"]", "")] // anybody may write to /track: no merge there
    public async Task Claims_what_an_event_on_track_implies(string name, string properties, string claims)
    {
        var server = new MixpanelServer();
        await server.PostAsync("/track", $"{{\"event\":\"{name}\",\"properties\":{{\"token\":\"{MixpanelServer.Token}\",{properties}}}}}");
        Assert.Equal(claims, Claims(server));
        // The event itself is kept, behind its claims.
        Assert.Equal((ItemKind.Event, name), (server.Door.Items[^1].Kind, server.Door.Items[^1].Name));
    }

    [Theory]
    [InlineData("[\"a\",\"b\"]", "MixpanelMerge a b")]
    [InlineData("[1,\"b\"]", "MixpanelMerge 1 b")]
    [InlineData("[\"a\"]", "")]
    [InlineData("[\"a\",\"b\",\"c\"]", "")]
    [InlineData("[\"a\",\"a\"]", "")]
    [InlineData("[\"a\",null]", "")]
    [InlineData("\"a\"", "")]
    public async Task Claims_a_merge_through_the_authenticated_import(string ids, string claims)
    {
        var server = new MixpanelServer(IdentityMode.Original);
        await server.ImportAsync("", $"{{\"event\":\"$merge\",\"properties\":{{\"$distinct_ids\":{ids}}}}}");
        Assert.Equal(claims, Claims(server));
    }

    [Fact]
    public async Task Claims_a_pair_once_for_all_events_of_a_request()
    {
        var server = new MixpanelServer();
        var events = Enumerable.Range(0, 50).Select(number => Event(number % 2 == 0 ? "u1" : "u2", "d1"));
        await server.PostAsync("/track", $"[{string.Join(',', events)}]");
        Assert.Equal("MixpanelDeviceAndUser u1 $device:d1; MixpanelDeviceAndUser u2 $device:d1", Claims(server));
        Assert.Equal(52, server.Door.Items.Count);
    }

    [Fact]
    public async Task Claims_every_pair_of_many()
    {
        var server = new MixpanelServer();
        var events = Enumerable.Range(0, 1000).Select(number => Event($"u{number}", $"d{number}"));
        await server.PostAsync("/track", $"[{string.Join(',', events)}]");
        Assert.Equal(1000, server.Door.Items.Where(item => item.Kind == ItemKind.LinkClaim).Select(item => (item.DistinctId, item.OtherId)).Distinct().Count());
    }

    [Fact]
    public async Task Claims_a_pair_again_for_another_project()
    {
        var server = new MixpanelServer();
        await server.PostAsync("/track", $"[{Event("u1", "d1")},{Event("u1", "d1").Replace(MixpanelServer.Token, "another", StringComparison.Ordinal)}]");
        Assert.Equal([MixpanelServer.Token, "another"], server.Door.Items.Where(item => item.Kind == ItemKind.LinkClaim).Select(item => item.Token));
    }

    [Fact]
    public async Task Claims_what_the_browser_library_sends()
    {
        var server = new MixpanelServer();
        foreach (var capture in Capture.Of("mixpanel-browser.identity").Where(capture => capture.Path == "/track/")) await server.SendAsync(Sent.As(capture));
        const string Pair = "b-anna-cap $device:" + Uuid;
        // The first request has the $identify; the second says the pair again; the one after reset has no user.
        Assert.Equal($"MixpanelDeviceAndUser {Pair}; MixpanelIdentify {Pair}; MixpanelDeviceAndUser {Pair}", Claims(server));
    }

    [Fact]
    public async Task Claims_what_nodes_alias_sends()
    {
        var server = new MixpanelServer();
        var capture = Capture.Of("mixpanel-node.alias", 1);
        await server.SendAsync(Sent.As(capture));
        var properties = capture.Decoded!.Value.GetProperty("properties");
        Assert.Equal($"MixpanelAlias {properties.GetProperty("distinct_id")} {properties.GetProperty("alias")}", Claims(server));
    }

    static string Event(string user, string device) =>
        $"{{\"event\":\"a\",\"properties\":{{\"token\":\"{MixpanelServer.Token}\",\"distinct_id\":\"{user}\",\"$user_id\":\"{user}\",\"$device_id\":\"{device}\"}}}}";

    static string Claims(MixpanelServer server) => string.Join("; ", server.Door.Items
        .Where(item => item.Kind == ItemKind.LinkClaim).Select(item => $"{item.Rule} {item.DistinctId} {item.OtherId}"));
}
