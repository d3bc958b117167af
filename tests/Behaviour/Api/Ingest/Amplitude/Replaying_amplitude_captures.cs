using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Ingestion.Amplitude;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Support;
using Cairn.Support.Ingest;
using Xunit;

namespace Cairn.Behaviour.Api.Ingest.Amplitude;

/// <summary>Every request that Amplitude's SDKs were recorded sending gets what its SDK needs, and is translated whole.</summary>
public class Replaying_amplitude_captures
{
    /// <summary>The clock of this scenario alone was not fixed: it is the client's own upload time.</summary>
    const string Unfixed = "amplitude-browser.diagnostics";

    public static TheoryData<string, int> All(string method)
    {
        var data = new TheoryData<string, int>();
        foreach (var capture in Capture.All("amplitude-"))
            if (capture.Method == method && !capture.Path.StartsWith("/api/", StringComparison.Ordinal)) data.Add(capture.File, capture.Number);
        return data;
    }

    [Theory]
    [MemberData(nameof(All), "OPTIONS")]
    public async Task A_preflight_is_allowed_what_it_asks_for(string file, int number)
    {
        var capture = Capture.Of(file, number);

        var answer = await new AmplitudeServer().SendAsync(Sent.As(capture));

        Assert.Equal(204, answer.Status);
        Assert.Equal(capture.Headers["origin"], answer.Headers.AccessControlAllowOrigin);
        Assert.Equal(capture.Headers["access-control-request-headers"], answer.Headers.AccessControlAllowHeaders);
        Assert.Contains(capture.Headers["access-control-request-method"], answer.Headers.AccessControlAllowMethods.ToString());
    }

    [Theory]
    [MemberData(nameof(All), "GET")]
    public async Task A_question_gets_the_true_empty_answer(string file, int number)
    {
        var capture = Capture.Of(file, number);

        var answer = await new AmplitudeServer().SendAsync(Sent.As(capture));

        var expected = capture.Path switch
        {
            "/sdk/v2/vardata" => (200, "{}"),
            "/sdk/v2/flags" => (200, "[]"),
            "/sdk/stream/v1/flags" => (501, null),
            var path when path.StartsWith("/sdk/v1/cohort/", StringComparison.Ordinal) => (404, null),
            _ => (200, (string?)null),
        };
        Assert.Equal(expected.Item1, answer.Status);
        if (expected.Item2 is not null) Assert.Equal(expected.Item2, answer.Text);
        if (capture.Path.StartsWith("/config/", StringComparison.Ordinal))
            Assert.False((bool)answer.Json["configs"]!["sessionReplay"]!["sr_sampling_config"]!["capture_enabled"]!);
    }

    [Theory]
    [MemberData(nameof(All), "POST")]
    public async Task An_upload_succeeds_as_its_sdk_counts_success(string file, int number)
    {
        var capture = Capture.Of(file, number);
        var server = new AmplitudeServer();
        server.Clock.SetUtcNow(ReceivedAt(capture));

        var answer = await server.SendAsync(Sent.As(capture));

        Assert.Equal(capture.ExpectedStatus, answer.Status);
        if (capture.ExpectedResponse is { ValueKind: JsonValueKind.String } text)
        {
            Assert.Equal(text.GetString(), answer.Text);
            return;
        }
        if (capture.Path == "/v1/capture") return;
        var expected = JsonNode.Parse(capture.ExpectedResponse!.Value.GetRawText())!.AsObject();
        expected["server_upload_time"] = server.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        Assert.True(JsonNode.DeepEquals(expected, answer.Json), $"expected {expected.ToJsonString()}, got {answer.Text}");
    }

    [Theory]
    [MemberData(nameof(All), "POST")]
    public async Task Everything_that_was_sent_is_in_the_items(string file, int number)
    {
        var capture = Capture.Of(file, number);
        if (capture.Path is "/v1/capture" or "/identify") return;
        var server = new AmplitudeServer();
        server.Clock.SetUtcNow(ReceivedAt(capture));

        await server.SendAsync(Sent.As(capture));

        var events = capture.Decoded!.Value.GetProperty("events").EnumerateArray().Select(one => JsonNode.Parse(one.GetRawText())!.AsObject()).ToArray();
        for (var index = 0; index < events.Length; index++)
            ExpectWhole(events[index], [.. server.Door.Items.Where(item => item.RecordIndex == index)]);
        Assert.All(server.Door.Items, item => Assert.InRange(item.RecordIndex, 0, events.Length - 1));
    }

    static DateTimeOffset ReceivedAt(Capture capture) =>
        capture.File == Unfixed && capture.Decoded is { ValueKind: JsonValueKind.Object } decoded && decoded.TryGetProperty("client_upload_time", out var uploaded)
            ? uploaded.GetDateTimeOffset() : capture.At;

    // The naive translation, from the recorder's own decoding.
    static void ExpectWhole(JsonObject sent, SeenItem[] items)
    {
        var type = (string)sent["event_type"]!;
        var user = (string?)sent["user_id"] ?? "";
        var device = (string?)sent["device_id"] ?? "";
        var main = items.Where(item => item.Kind != ItemKind.LinkClaim).ToArray();
        var claims = items.Where(item => item.Kind == ItemKind.LinkClaim).ToArray();

        if (type != "$groupidentify" && user != "" && device != "")
        {
            var claim = Assert.Single(claims);
            Assert.Equal((LinkRule.AmplitudeDeviceAndUser, user, "$device:" + device), (claim.Rule, claim.DistinctId, claim.OtherId));
        }
        else
        {
            Assert.Empty(claims);
        }

        foreach (var item in main)
        {
            Assert.Equal((string?)sent["insert_id"] ?? "", item.InsertId);
            Assert.Equal((long?)sent["time"] ?? 0, item.SentTimeMs);
            Assert.Equal(item.SentTimeMs, item.TimeMs);
            Assert.Equal((string?)sent["library"] ?? "", item.Sdk);
            if (type == "$groupidentify") continue;
            Assert.Equal(user, item.UserId);
            Assert.Equal(user != "" ? user : "$device:" + device, item.DistinctId);
            if (device != "") Assert.Equal(device, item.DeviceId);
            else Assert.Equal(36, item.DeviceId.Length);
        }

        var events = main.Where(item => item.Kind == ItemKind.Event).ToArray();
        if (type is "$identify" or "$groupidentify")
        {
            Assert.Empty(events);
            if (type == "$groupidentify") ExpectGroups(sent, main);
            return;
        }
        var one = Assert.Single(events);
        Assert.Equal(type == "$exposure" ? "[Experiment] Exposure" : type, one.Name);
        Assert.Equal(sent["session_id"]?.ToString() ?? "", one.SessionId);
        if (sent["groups"] is { } groups) Assert.True(JsonNode.DeepEquals(groups, JsonNode.Parse(one.Groups)));
        if (type != "$exposure") ExpectProperties(sent, one.Json);
    }

    static void ExpectGroups(JsonObject sent, SeenItem[] main)
    {
        var update = Assert.Single(main);
        var (groupType, groupId) = Assert.Single(sent["groups"]!.AsObject());
        Assert.Equal((ItemKind.GroupUpdate, groupType, (string)groupId!), (update.Kind, update.Name, update.DistinctId));
        foreach (var (operation, members) in sent["group_properties"]!.AsObject())
            Assert.True(JsonNode.DeepEquals(members, update.Json[operation == "$set" ? "set" : "add"]));
    }

    static void ExpectProperties(JsonObject sent, JsonObject body)
    {
        var expected = new JsonObject();
        foreach (var (name, value) in sent["event_properties"]?.AsObject() ?? []) expected[name] = value?.DeepClone();
        foreach (var (name, value) in sent)
            if (AmplitudeFields.PropertyOf(name) is { } property) expected[property] = value!.DeepClone();
        if (expected["$price"] is { } price && !expected.ContainsKey("$revenue"))
            expected["$revenue"] = (decimal)price * (decimal?)expected["$quantity"] ?? 1;
        Assert.Equal(expected.Select(pair => pair.Key).Order(), body.Select(pair => pair.Key).Order());
        foreach (var (name, value) in expected)
            Assert.True(JsonNode.DeepEquals(value, body[name]) || name == "$revenue" && (decimal)value! == (decimal)body[name]!, $"{name}: {value} became {body[name]}");
    }
}
