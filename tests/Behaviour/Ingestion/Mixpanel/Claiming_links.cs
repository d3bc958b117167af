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
    [InlineData("Play", "\"distinct_id\":\"u1\",\"$device_id\":\"d1\",\"$user_id\":\"u1\"", "")] // the consumer reads this one off the event
    [InlineData("$identify", "\"distinct_id\":\"u1\",\"$anon_distinct_id\":\"$device:" + Uuid + "\",\"$device_id\":\"" + Uuid + "\",\"$user_id\":\"u1\"",
        "MixpanelIdentify u1 $device:" + Uuid)] // as SDKs send it
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
    public async Task Claims_what_the_browser_library_sends()
    {
        var server = new MixpanelServer();
        foreach (var capture in Capture.Of("mixpanel-browser.identity").Where(capture => capture.Path == "/track/")) await server.SendAsync(Sent.As(capture));
        Assert.Equal("MixpanelIdentify b-anna-cap $device:" + Uuid, Claims(server));
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

    static string Claims(MixpanelServer server) => string.Join("; ", server.Door.Items
        .Where(item => item.Kind == ItemKind.LinkClaim).Select(item => $"{item.Rule} {item.DistinctId} {item.OtherId}"));
}
