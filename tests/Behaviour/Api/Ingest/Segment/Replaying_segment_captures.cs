using System.Text.Json.Nodes;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Support;
using Cairn.Support.Ingest;
using Xunit;

namespace Cairn.Behaviour.Api.Ingest.Segment;

/// <summary>Every request that Segment's and RudderStack's SDKs were recorded sending gets what its SDK needs, and is translated whole.</summary>
public class Replaying_segment_captures
{
    public static TheoryData<string, int> All(string method)
    {
        var data = new TheoryData<string, int>();
        foreach (var capture in Capture.All("segment-").Concat(Capture.All("rudder-")))
            if (capture.Method == method) data.Add(capture.File, capture.Number);
        return data;
    }

    [Theory]
    [MemberData(nameof(All), "OPTIONS")]
    public async Task A_preflight_is_allowed_what_it_asks_for_and_remembered(string file, int number)
    {
        var capture = Capture.Of(file, number);

        var answer = await new SegmentServer().SendAsync(Sent.As(capture));

        Assert.Equal(204, answer.Status);
        Assert.Equal(capture.Headers["origin"], answer.Headers.AccessControlAllowOrigin);
        Assert.Equal(capture.Headers["access-control-request-headers"], answer.Headers.AccessControlAllowHeaders);
        Assert.True(int.Parse(answer.Headers.AccessControlMaxAge!, System.Globalization.CultureInfo.InvariantCulture) > 0);
    }

    [Theory]
    [MemberData(nameof(All), "GET")]
    public async Task The_settings_let_the_browser_library_start(string file, int number)
    {
        var capture = Capture.Of(file, number);

        var answer = await new SegmentServer().SendAsync(Sent.As(capture));

        Assert.Equal(200, answer.Status);
        Assert.Equal(SegmentServer.WriteKey, (string)answer.Json["integrations"]!["Segment.io"]!["apiKey"]!);
        Assert.Equal(0, (int)answer.Json["metrics"]!["sampleRate"]!);
        // Beyond our own additions it has the recorder's shape.
        var expected = JsonNode.Parse(capture.ExpectedResponse!.Value.GetRawText())!.AsObject();
        Assert.Equal(expected.Select(pair => pair.Key).Order(), answer.Json.AsObject().Select(pair => pair.Key).Order());
    }

    [Theory]
    [MemberData(nameof(All), "POST")]
    public async Task An_upload_succeeds(string file, int number)
    {
        var capture = Capture.Of(file, number);
        var server = new SegmentServer();
        server.Clock.SetUtcNow(capture.At);

        var answer = await server.SendAsync(Sent.As(capture));

        Assert.Equal(capture.ExpectedStatus, answer.Status);
        Assert.Equal("""{"success":true}""", answer.Text);
        Assert.Equal(capture.Path == "/v1/m" ? 0 : 1, server.Door.RequestCount);
    }

    [Theory]
    [MemberData(nameof(All), "POST")]
    public async Task Everything_that_was_sent_is_in_the_items(string file, int number)
    {
        var capture = Capture.Of(file, number);
        if (capture.Path == "/v1/m") return;
        var server = new SegmentServer();
        server.Clock.SetUtcNow(capture.At);

        await server.SendAsync(Sent.As(capture));

        var body = JsonNode.Parse(capture.Decoded!.Value.GetRawText())!.AsObject();
        var messages = body["batch"]?.AsArray().Select(one => one!.AsObject()).ToArray() ?? [body];
        for (var index = 0; index < messages.Length; index++)
        {
            var sentAt = (string?)messages[index]["sentAt"] ?? (string?)body["sentAt"];
            ExpectWhole(messages[index], sentAt, capture.At, [.. server.Door.Items.Where(item => item.RecordIndex == index)]);
        }
    }

    // The naive translation, from the recorder's own decoding.
    static void ExpectWhole(JsonObject sent, string? sentAt, DateTimeOffset receivedAt, SeenItem[] items)
    {
        var user = (string?)sent["userId"] ?? "";
        var anonymous = (string?)sent["anonymousId"] ?? "";
        var links = items.Where(item => item.Rule == LinkRule.SegmentAnonymousAndUser).ToArray();
        var isEvent = (string)sent["type"]! is "track" or "page" or "screen"; // the consumer reads an event's link off its two ids
        Assert.Equal(!isEvent && user != "" && anonymous != "" ? [(user, "$device:" + anonymous)] : [], links.Select(link => (link.DistinctId, link.OtherId)));

        var original = DateTimeOffset.Parse((string?)sent["originalTimestamp"] ?? (string)sent["timestamp"]!, System.Globalization.CultureInfo.InvariantCulture);
        var skew = receivedAt - DateTimeOffset.Parse(sentAt!, System.Globalization.CultureInfo.InvariantCulture);
        foreach (var item in items)
        {
            Assert.Equal(original.ToUnixTimeMilliseconds(), item.SentTimeMs);
            Assert.Equal((original + skew).ToUnixTimeMilliseconds(), item.TimeMs);
            if (item.Kind == ItemKind.LinkClaim) continue;
            Assert.Equal((string)sent["messageId"]!, item.InsertId);
            Assert.Equal($"{sent["context"]!["library"]!["name"]}/{sent["context"]!["library"]!["version"]}", item.Sdk);
            if (item.Kind == ItemKind.GroupUpdate) continue;
            Assert.Equal((user != "" ? user : "$device:" + anonymous, user, anonymous), (item.DistinctId, item.UserId, item.DeviceId));
        }
        ExpectCall(sent, items);
    }

    static void ExpectCall(JsonObject sent, SeenItem[] items)
    {
        var main = items.Where(item => item.Rule != LinkRule.SegmentAnonymousAndUser).ToArray();
        switch ((string)sent["type"]!)
        {
            case "track":
                Assert.Equal((string)sent["event"]!, Assert.Single(main).Name);
                ExpectProperties(sent, main[0].Json);
                break;
            case "page" or "screen":
                Assert.Equal((string)sent["type"]! == "page" ? "Loaded a Page" : "Loaded a Screen", Assert.Single(main).Name);
                ExpectProperties(sent, main[0].Json);
                break;
            case "identify":
                Assert.Equal(ItemKind.ProfileUpdate, Assert.Single(main).Kind);
                Assert.True(JsonNode.DeepEquals(sent["traits"], main[0].Json["set"]));
                break;
            case "group":
                Assert.Equal([ItemKind.GroupUpdate, ItemKind.ProfileUpdate], main.Select(item => item.Kind));
                Assert.Equal(("$group_id", (string)sent["groupId"]!), (main[0].Name, main[0].DistinctId));
                Assert.True(JsonNode.DeepEquals(sent["traits"], main[0].Json["set"]));
                Assert.Equal((string)sent["groupId"]!, (string)main[1].Json["set"]!["$group_id"]!);
                break;
            case "alias" when (string)sent["previousId"]! != (string)sent["userId"]!:
                Assert.Equal((LinkRule.SegmentAlias, (string)sent["previousId"]!), (Assert.Single(main).Rule, main[0].OtherId));
                break;
            default:
                Assert.Empty(main);
                break;
        }
    }

    static void ExpectProperties(JsonObject sent, JsonObject body)
    {
        foreach (var (name, value) in sent["properties"]?.AsObject() ?? [])
            Assert.True(JsonNode.DeepEquals(value, body[name]), $"{name}: {value} became {body[name]}");
        var page = sent["context"]!["page"];
        Assert.Equal((string?)page?["url"], (string?)body["$current_url"]);
        Assert.Equal((string?)sent["context"]!["campaign"]?["name"], (string?)body["utm_campaign"]);
        Assert.Equal((string?)sent["context"]!["locale"], (string?)body["$locale"]);
        if (sent["name"] is { } name1) Assert.Equal((string)name1!, (string?)body["name"]);
        Assert.DoesNotContain("203.0.113.9", body.ToJsonString(), StringComparison.Ordinal);
    }
}
