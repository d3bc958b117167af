using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Cairn.Ingestion;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Support;
using Cairn.Support.Ingest;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Cairn.Behaviour.Api.Ingest.Amplitude;

public class Answering_amplitudes_sdks
{
    const string Key = AmplitudeServer.ApiKey;
    const string Good = """{"event_type":"A","user_id":"ann-cap","insert_id":"i-1"}""";

    readonly AmplitudeServer server = new();

    [Fact]
    public async Task The_code_in_the_body_decides_so_every_answer_has_one_equal_to_its_status()
    {
        var overLimit = new byte[1024 * 1024 + 1];
        HttpRequest[] requests =
        [
            Sent.Json("/2/httpapi", $$"""{"api_key":"{{Key}}","events":[{{Good}}]}"""),
            Sent.Json("/2/httpapi", $$"""{"api_key":"{{Key}}","events":[{}]}"""),
            Sent.Json("/2/httpapi", $$"""{"api_key":"nobody","events":[{{Good}}]}"""),
            Sent.Json("/2/httpapi", $$"""{"events":[{{Good}}]}"""),
            Sent.Json("/2/httpapi", "oops"),
            Sent.Json("/2/httpapi", ""),
            Sent.Body("/2/httpapi", overLimit, "application/json"),
            Sent.Body("/2/httpapi", [0x1f, 0x8b, 1, 2], "application/json"),
        ];

        foreach (var request in requests)
        {
            var answer = await server.SendAsync(request);
            Assert.Equal(answer.Status, (int)answer.Json["code"]!);
            Assert.StartsWith("application/json", answer.Headers.ContentType.ToString(), StringComparison.Ordinal);
        }
        server.Door.Then = _ => throw new StreamUnavailableException("away");
        var away = await server.UploadAsync($"[{Good}]");
        Assert.Equal((503, 503), (away.Status, (int)away.Json["code"]!));
    }

    [Fact]
    public async Task One_bad_event_is_listed_and_nothing_is_stored_so_that_the_sdk_sends_the_rest_again()
    {
        var answer = await server.UploadAsync($$"""[{{Good}},{"user_id":"ann-cap"},{"event_type":"A","user_id":"ann-cap","time":"x"},{"event_type":"A","device_id":"d1"},{{Good}},{"user_id":"bob-cap"}]""");

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""
            {"code":400,"error":"Request missing required field","missing_field":null,
             "events_with_invalid_fields":{"device_id":[3],"time":[2]},
             "events_with_missing_fields":{"event_type":[1,5]},
             "events_with_invalid_id_lengths":{"device_id":[3]}}
            """), answer.Json), answer.Text);
        Assert.Equal(0, server.Door.RequestCount);
    }

    [Fact]
    public async Task An_invalid_key_is_told_in_the_words_that_make_sdks_stop()
    {
        var answer = await server.SendAsync(Sent.Json("/batch", $$"""{"api_key":"key-of-nobody","events":[{{Good}}]}"""));

        Assert.Equal((400, "Invalid API key: key-of-nobody"), (answer.Status, (string)answer.Json["error"]!));
    }

    [Fact]
    public async Task While_the_stream_is_away_it_says_503_and_then_429_with_every_index_so_that_sdks_wait()
    {
        server.Door.Then = _ => throw new StreamUnavailableException("away");
        Assert.Equal(503, (await server.UploadAsync($"[{Good},{Good}]")).Status);
        server.Clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(503, (await server.UploadAsync($"[{Good},{Good}]")).Status);

        server.Clock.Advance(TimeSpan.FromSeconds(1));
        var later = await server.UploadAsync($"[{Good},{Good}]");
        Assert.Equal((429, "[0,1]", 30), (later.Status, later.Json["throttled_events"]!.ToJsonString(), (int)later.Json["eps_threshold"]!));
        Assert.Equal("{}", later.Json["exceeded_daily_quota_users"]!.ToJsonString()); // or SDKs would drop their events

        server.Door.Then = null;
        Assert.Equal(200, (await server.UploadAsync($"[{Good}]")).Status);
        server.Door.Then = _ => throw new StreamUnavailableException("away again");
        Assert.Equal(503, (await server.UploadAsync($"[{Good}]")).Status);
    }

    [Fact]
    public async Task What_is_dropped_on_purpose_is_answered_as_taken()
    {
        server.Door.Then = batch =>
        {
            batch.Reject(0, RejectReason.Suppressed, "", quietly: true);
            batch.Reject(1, RejectReason.Blocked, "event_type");
        };

        var answer = await server.UploadAsync($"[{Good},{Good}]");

        Assert.Equal((200, 2), (answer.Status, (int)answer.Json["events_ingested"]!));
    }

    [Fact]
    public async Task Error_answers_carry_the_origin_or_the_sdk_sees_a_broken_connection()
    {
        var request = Sent.Json("/2/httpapi", "oops");
        request.Headers.Origin = "https://shop.example.com";

        var answer = await server.SendAsync(request);

        Assert.Equal((400, "https://shop.example.com"), (answer.Status, answer.Headers.AccessControlAllowOrigin.ToString()));
    }

    [Theory]
    [InlineData("text/plain;charset=UTF-8", null)] // sendBeacon
    [InlineData("application/x-www-form-urlencoded", null)]
    [InlineData("application/json", "")] // a header that is there and empty
    [InlineData("application/json", "gzip")] // a header that promises what isn't so
    public async Task Content_types_and_encodings_that_lie_are_seen_through(string contentType, string? encoding)
    {
        foreach (var isGzip in (bool[])[false, true])
        {
            var json = Encoding.UTF8.GetBytes($$"""{"api_key":"{{Key}}","events":[{{Good}}]}""");
            var request = Sent.Body("/2/httpapi", isGzip ? Sent.Gzip(json) : json, contentType);
            if (encoding is not null) request.Headers.ContentEncoding = encoding;
            Assert.Equal(200, (await server.SendAsync(request)).Status);
        }
    }

    [Fact]
    public async Task The_remote_address_is_asked_for_and_never_kept()
    {
        await server.SendAsync(Sent.As(Capture.Of("amplitude-browser.defaults", 4)));

        Assert.All(server.Door.Items, item => Assert.DoesNotContain("$remote", item.Body, StringComparison.Ordinal));
        Assert.Contains("\"$user_agent\":\"Mozilla/5.0", server.Door.Items.Last(item => item.Kind == ItemKind.Event).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_insert_id_with_spaces_is_one_text()
    {
        await server.SendAsync(Sent.As(Capture.Of("amplitude-experiment-node.local", 2)));

        Assert.All(server.Door.Items.Where(item => item.Kind == ItemKind.Event), item => Assert.Equal("e-anna-cap e-dev-cap 340715729 20254", item.InsertId));
    }

    [Fact]
    public async Task Revenue_of_the_sdk_is_an_event_whose_price_and_quantity_make_the_revenue()
    {
        await server.SendAsync(Sent.As(Capture.Of("amplitude-node.events", 1)));

        var revenue = server.Door.Items.Single(item => item.Name == "revenue_amount").Json;
        Assert.Equal(("book", 19m), ((string)revenue["$productId"]!, (decimal)revenue["$revenue"]!));
    }

    [Fact]
    public async Task Setting_a_group_is_an_identify_that_makes_a_member()
    {
        await server.SendAsync(Sent.As(Capture.Of("amplitude-node.identify", 1)));

        Assert.Equal("""{"set":{"company":"a-acme-cap"}}""", server.Door.Items.Single(item => item is { InsertId: "ai-4-cap", Kind: ItemKind.ProfileUpdate }).Body);
        Assert.Equal(
            """{"unset":["legacy"],"set":{"plan":"pro","city":"Zürich"},"set_once":{"first_seen":"2025-01-01"},"add":{"credits":5},"append":{"list":"c"},"prepend":{"list2":"a"},"union_first":{"uniq":"x"},"union":{"uniq2":["y","z"]},"remove":{"list3":"old"}}""",
            server.Door.Items.Single(item => item is { InsertId: "ai-1-cap", Kind: ItemKind.ProfileUpdate }).Body);
    }

    [Fact]
    public async Task Python_sends_no_upload_time_and_escapes_what_is_not_ascii()
    {
        var request = Sent.Body("/2/httpapi", Encoding.ASCII.GetBytes("""
            {"api_key": "ampkey0123456789abcdef0123456789", "events": [{"user_id": "py-anna-cap", "device_id": "py-device", "event_type": "Signed Up", "time": 1749988800000, "insert_id": "11a2b3c4-0000-4000-8000-000000000001", "library": "amplitude-python/1.2.0", "event_properties": {"text": "Z\u00fcrich \ud83d\ude00"}, "price": 4.99, "quantity": 3}], "options": {"min_id_length": 3}}
            """), "application/json; charset=UTF-8");
        request.Headers.Accept = "*/*";

        var answer = await server.SendAsync(request);

        Assert.Equal(200, (int)answer.Json["code"]!);
        var item = server.Door.Items.Single(item => item.Kind == ItemKind.Event);
        Assert.Equal("Zürich 😀", (string)item.Json["text"]!);
        Assert.Equal(14.97m, (decimal)item.Json["$revenue"]!);
    }

    [Theory]
    [InlineData("")]
    [InlineData("right")]
    [InlineData("wrong")]
    public async Task The_root_takes_the_uploads_of_old_sdks_and_checks_a_checksum_that_is_there(string checksum)
    {
        const string Events = """[{"device_id":"3ff9f0d1R","user_id":"old-anna","timestamp":1749988800000,"event_id":1,"event_type":"Opened","uuid":"u-1","library":{"name":"amplitude-js","version":"8.21.9"},"event_properties":{"a b":"c+d"}},{"event_type":""}]""";
#pragma warning disable CA5351 // the client's own checksum
        var right = Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes("2" + Key + Events + "1749988800000")));
#pragma warning restore CA5351
        (string, string)[] fields = [("client", Key), ("e", Events), ("v", "2"), ("upload_time", "1749988800000")];
        if (checksum != "") fields = [.. fields, ("checksum", checksum == "right" ? right : new string('0', 32))];

        var answer = await server.SendAsync(Sent.Form("/", fields));

        Assert.Equal(checksum == "wrong" ? (400, "bad_checksum") : (200, "success"), (answer.Status, answer.Text));
        if (checksum == "wrong") return;
        // The second event has no name; it is left out, and the rest is taken, or it would come back for ever.
        Assert.Equal(["Opened"], server.Door.Items.Where(item => item.Kind == ItemKind.Event).Select(item => item.Name));
    }

    [Fact]
    public async Task An_event_may_come_in_the_query_of_the_first_api()
    {
        var answer = await server.SendAsync(Sent.Get("/httpapi", ("api_key", Key), ("event", """{"event_type":"Plus + and %","user_id":"ann-cap"}""")));

        Assert.Equal((200, "success"), (answer.Status, answer.Text));
        Assert.Equal("Plus + and %", Assert.Single(server.Door.Items).Name);
    }

    [Fact]
    public async Task A_group_identify_comes_as_a_form()
    {
        var answer = await server.SendAsync(Sent.Form("/groupidentify", ("api_key", Key), ("identification", """[{"group_type":"org id","group_value":"acme","group_properties":{"seats":5}}]""")));

        Assert.Equal(200, answer.Status);
        var item = Assert.Single(server.Door.Items);
        Assert.Equal((ItemKind.GroupUpdate, "org id", "acme", """{"set":{"seats":5}}"""), (item.Kind, item.Name, item.DistinctId, item.Body));
    }

    [Fact]
    public async Task An_identify_comes_as_multipart_form_data_too()
    {
        var answer = await server.SendAsync(Sent.Body("/identify", Encoding.UTF8.GetBytes(
            $"--XX\r\nContent-Disposition: form-data; name=\"api_key\"\r\n\r\n{Key}\r\n--XX\r\nContent-Disposition: form-data; name=\"identification\"\r\n\r\n" +
            """{"user_id":"ann-cap","paying":"true","user_properties":{"a":1}}""" + "\r\n--XX--\r\n"), "multipart/form-data; boundary=XX"));

        Assert.Equal(200, answer.Status);
        Assert.Equal("""{"set":{"a":1,"$paying":"true"}}""", Assert.Single(server.Door.Items).Body);
    }

    [Theory]
    [InlineData("""{"user_id":"ann-cap","global_user_id":"bob-cap"}""", LinkRule.AmplitudeUserMap, "bob-cap")]
    [InlineData("""[{"user_id":"ann-cap","unmap":true}]""", LinkRule.AmplitudeUnmap, "")]
    public async Task A_mapping_is_a_link_claim(string mapping, LinkRule rule, string otherId)
    {
        var answer = await server.SendAsync(Sent.Form("/usermap", ("api_key", Key), ("mapping", mapping)));

        Assert.Equal(200, answer.Status);
        var claim = Assert.Single(server.Door.Items);
        Assert.Equal((ItemKind.LinkClaim, rule, "ann-cap", otherId), (claim.Kind, claim.Rule, claim.DistinctId, claim.OtherId));
    }

    [Theory]
    [InlineData("""{"user_id":"ann-cap"}""", "global_user_id")]
    [InlineData("""{"global_user_id":"ann-cap"}""", "user_id")]
    [InlineData("[[1]]", "mapping")]
    public async Task A_mapping_that_lacks_an_id_is_named(string mapping, string field)
    {
        var answer = await server.SendAsync(Sent.Form("/usermap", ("api_key", Key), ("mapping", mapping)));

        Assert.Equal((400, $"invalid_event: {field}"), (answer.Status, answer.Text));
    }

    [Fact]
    public async Task Forms_say_503_while_the_stream_is_away()
    {
        server.Door.Then = _ => throw new StreamUnavailableException("away");

        var answer = await server.SendAsync(Sent.Form("/identify", ("api_key", Key), ("identification", """{"user_id":"ann-cap","user_properties":{"a":1}}""")));

        Assert.Equal(503, answer.Status);
    }
}
