using System.Text;
using System.Text.Json.Nodes;
using Cairn.Model;
using Cairn.Support;
using Cairn.Support.Ingest;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Cairn.Behaviour.Api.Ingest.Mixpanel;

/// <summary>What tests/Golden/captures/README.md tells under "Things to know", each with the request that shows it.</summary>
public class Traps_of_Mixpanels_SDKs
{
    readonly MixpanelServer server = new();

    [Fact]
    public async Task The_browser_writes_an_emoji_as_two_surrogates_inside_the_base64()
    {
        var capture = Capture.Of("mixpanel-browser.defaults", 1);
        await server.SendAsync(Sent.As(capture));
        Assert.Contains("😀", string.Concat(server.Door.Items.Select(item => item.Body)), StringComparison.Ordinal);
        Assert.DoesNotContain('\uFFFD', string.Concat(server.Door.Items.Select(item => item.Body)));
    }

    [Fact]
    public async Task Node_puts_a_literal_plus_into_a_form()
    {
        var capture = Capture.Of("mixpanel-node.trackBatch", 1);
        Assert.Contains((byte)'+', capture.Body);
        Assert.Equal("1", (await server.SendAsync(Sent.As(capture))).Text);
        Assert.Equal(capture.Decoded!.Value.GetArrayLength(), server.Door.Items.Count);
    }

    [Fact]
    public async Task A_plus_that_a_proxy_made_a_space_is_a_plus_again()
    {
        var capture = Capture.Of("mixpanel-node.trackBatch", 1);
        var body = capture.Body.Select(value => value == '+' ? (byte)' ' : value).ToArray();
        await server.SendAsync(Sent.Body("/track", body, "application/x-www-form-urlencoded"));
        Assert.Equal(capture.Decoded!.Value.GetArrayLength(), server.Door.Items.Count);
    }

    [Fact]
    public async Task Node_sends_16_KB_in_the_URL()
    {
        var capture = Capture.Of("mixpanel-node.bigGet", 1);
        Assert.True(capture.QueryString.Length > 16_000);
        Assert.Equal("1", (await server.SendAsync(Sent.As(capture))).Text);
    }

    [Fact]
    public async Task The_beacon_of_a_page_that_hides_is_a_form_under_text_plain()
    {
        var capture = Capture.Of("mixpanel-browser.defaults", 2);
        Assert.StartsWith("text/plain", capture.Headers["content-type"], StringComparison.Ordinal);
        await server.SendAsync(Sent.As(capture));
        Assert.NotEmpty(server.Door.Items);
    }

    [Fact]
    public async Task A_page_that_hides_sends_its_events_twice_with_the_same_key()
    {
        await server.SendAsync(Sent.As(Capture.Of("mixpanel-browser.defaults", 2)));
        var first = server.Door.Items.Select(Key).ToArray();
        await server.SendAsync(Sent.As(Capture.Of("mixpanel-browser.defaults", 3)));
        Assert.Subset(server.Door.Items.Skip(first.Length).Select(Key).ToHashSet(), first.ToHashSet());
    }

    [Fact]
    public async Task Node_sets_no_insert_id()
    {
        await server.SendAsync(Sent.As(Capture.Of("mixpanel-node.alias", 1)));
        Assert.Equal("", server.Door.Items[^1].InsertId);
    }

    [Fact]
    public async Task An_empty_content_encoding_is_none()
    {
        var capture = Capture.Of("mixpanel-import.eventsPlain", 1);
        Assert.Equal("", capture.Headers["content-encoding"]);
        Assert.Equal(3, (await server.SendAsync(Sent.As(capture))).Json["num_records_imported"]!.GetValue<int>());
    }

    [Fact]
    public async Task An_image_request_may_hold_no_data_at_all()
    {
        var answer = await server.SendAsync(Sent.As(Capture.Of("mixpanel-browser.transports", 9)));
        Assert.Equal((200, "image/gif"), (answer.Status, answer.Headers.ContentType.ToString()));
        Assert.Empty(server.Door.Items);
    }

    [Fact]
    public async Task Updates_keep_the_order_in_which_a_batch_has_them_for_nothing_else_tells_it()
    {
        foreach (var capture in Capture.Of("mixpanel-browser.burst").Where(capture => capture.Path == "/engage/"))
        {
            await server.SendAsync(Sent.As(capture));
            Assert.Equal(Enumerable.Range(0, server.Door.Items.Count), server.Door.Items.Select(item => item.RecordIndex));
            Assert.All(server.Door.Items, item => Assert.Equal(0, item.SentTimeMs));
        }
    }

    [Fact]
    public async Task Nulls_of_absent_campaign_properties_stay_in_set_once()
    {
        await server.SendAsync(Sent.As(Capture.Of("mixpanel-browser.identity", 2)));
        var once = server.Door.Items.Single(item => item.Json.ContainsKey("set_once")).Json["set_once"]!.AsObject();
        Assert.True(once.ContainsKey("initial_utm_content"));
        Assert.Null(once["initial_utm_content"]);
    }

    [Fact]
    public async Task A_recording_is_declined_with_the_answer_that_lets_the_recorder_go_on()
    {
        var capture = Capture.Of("mixpanel-browser.recording", 3);
        var answer = await server.SendAsync(Sent.As(capture));
        Assert.Equal((200, """{"code":200,"status":"OK"}"""), (answer.Status, answer.Text));
        Assert.Empty(server.Door.Items);
    }

    /// <summary>One event in every wrapping that a client is known to use; the result must be the same.</summary>
    [Theory]
    [MemberData(nameof(Wrappings))]
    public async Task An_event_is_the_same_in_every_wrapping(string wrapping)
    {
        var answer = await server.SendAsync(Wrap(wrapping));
        Assert.Equal("1", answer.Text);
        var item = Assert.Single(server.Door.Items);
        Assert.Equal(("Signed Up", "d+/=", MixpanelServer.Token), (item.Name, item.DistinctId, item.Token));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"city":"Zürich 😀","sum":"1 + 1 = 2 & 50%"}"""), item.Json), item.Body);
    }

    const string Json = """{"event":"Signed Up","properties":{"token":"mptoken0123456789abcdef01234567","distinct_id":"d+/=","city":"Zürich 😀","sum":"1 + 1 = 2 & 50%"}}""";

    public static TheoryData<string> Wrappings() =>
    [
        "GET base64", "GET base64url unpadded", "GET json", "form base64 encoded", "form base64 raw", "form json", "form json with plus for spaces",
        "form gzip inside base64", "json array", "json object", "json under form", "json without type", "json with BOM", "text data= raw base64", "text data= encoded base64",
        "gzip form", "gzip json", "gzip json without header", "multipart json", "multipart base64", "base64 with line breaks", "base64 of cesu-8", "json of cesu-8", "utf-16 escapes",
    ];

    static HttpRequest Wrap(string wrapping)
    {
        const string Form = "application/x-www-form-urlencoded";
        var base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(Json));
        return wrapping switch
        {
            "GET base64" => Get(Uri.EscapeDataString(base64)),
            "GET base64url unpadded" => Get(base64.TrimEnd('=').Replace('+', '-').Replace('/', '_')),
            "GET json" => Get(Uri.EscapeDataString(Json)),
            "form base64 encoded" => Post($"data={Uri.EscapeDataString(base64)}&verbose=0", Form),
            "form base64 raw" => Post($"data={base64}", Form),
            "form json" => Post($"ip=0&data={Uri.EscapeDataString(Json)}", Form),
            "form json with plus for spaces" => Post($"data={Uri.EscapeDataString(Json).Replace("%20", "+", StringComparison.Ordinal)}", Form),
            "form gzip inside base64" => Post($"data={Uri.EscapeDataString(Convert.ToBase64String(Sent.Gzip(Encoding.UTF8.GetBytes(Json))))}", Form),
            "json array" => Post($" [{Json}]\n", "application/json"),
            "json object" => Post(Json, "application/json; charset=utf-8"),
            "json under form" => Post($"[{Json}]", Form),
            "json without type" => Post($"[{Json}]", null),
            "json with BOM" => Post($"\uFEFF[{Json}]", "application/json"),
            "text data= raw base64" => Post($"data={base64}", "text/plain"),
            "text data= encoded base64" => Post($"data={Uri.EscapeDataString(base64)}", "text/plain;charset=UTF-8"),
            "gzip form" => Post(Sent.Gzip(Encoding.UTF8.GetBytes($"data={Uri.EscapeDataString(base64)}")), Form, "gzip"),
            "gzip json" => Post(Sent.Gzip(Encoding.UTF8.GetBytes($"[{Json}]")), "application/json", "gzip"),
            "gzip json without header" => Post(Sent.Gzip(Encoding.UTF8.GetBytes($"[{Json}]")), "application/json"),
            "multipart json" => Post(Multipart(Json), "multipart/form-data; boundary=xYz"),
            "multipart base64" => Post(Multipart(base64), "multipart/form-data; boundary=\"xYz\""),
            "base64 with line breaks" => Post($"data={Uri.EscapeDataString(string.Join("\r\n", base64.Chunk(76).Select(line => new string(line))))}", Form),
            "base64 of cesu-8" => Post($"data={Uri.EscapeDataString(Convert.ToBase64String(Cesu8(Json)))}", Form),
            "json of cesu-8" => Post(Cesu8(Json), "application/json"),
            "utf-16 escapes" => Post(Json.Replace("😀", "\\ud83d\\ude00", StringComparison.Ordinal).Replace("ü", "\\u00fc", StringComparison.Ordinal), "application/json"),
            _ => throw new ArgumentException(wrapping),
        };
    }

    /// <summary>Python's <c>Mixpanel</c> and <c>BufferedConsumer</c>: urlencode of compact JSON with escapes, switches in the form.</summary>
    /// <remarks>Source: mixpanel-python 5.3.0, mixpanel/__init__.py, Consumer._write_request.</remarks>
    [Theory]
    [InlineData("/track", """{"event":"Signed Up","properties":{"token":"mptoken0123456789abcdef01234567","distinct_id":"u1","time":1749988800.25,"$insert_id":"ad2cdd5c6cd94d25b5a1bd96ed0ed08c","mp_lib":"python","$lib_version":"5.3.0","city":"Z\u00fcrich"}}""", 1)]
    [InlineData("/track", """[{"event":"a","properties":{"token":"mptoken0123456789abcdef01234567","distinct_id":"u1"}},{"event":"b c","properties":{"token":"mptoken0123456789abcdef01234567","distinct_id":"u1"}}]""", 2)]
    [InlineData("/engage", """{"$token":"mptoken0123456789abcdef01234567","$time":1749988800.25,"$set":{"plan":"pro"},"$distinct_id":"u1"}""", 1)]
    [InlineData("/groups", """[{"$token":"mptoken0123456789abcdef01234567","$group_key":"company","$group_id":"acme","$set":{"seats":1}}]""", 1)]
    public async Task Python_wants_JSON_though_its_switches_are_in_the_form(string path, string json, int itemCount)
    {
        // urllib.parse.urlencode writes spaces as plus and leaves letters, digits and _.-~ alone.
        var form = $"data={Uri.EscapeDataString(json).Replace("%20", "+", StringComparison.Ordinal)}&verbose=1&ip=0";
        var answer = await server.SendAsync(Sent.Body(path, Encoding.ASCII.GetBytes(form), "application/x-www-form-urlencoded"));
        Assert.Equal(1, answer.Json["status"]!.GetValue<int>());
        Assert.Null(answer.Json["error"]);
        Assert.Equal(itemCount, server.Door.Items.Count);
    }

    /// <summary>Python's import and merge: a form with Basic <c>secret:</c> and the old key beside it.</summary>
    [Fact]
    public async Task Python_imports_by_a_form()
    {
        var json = """[{"event":"$merge","properties":{"$distinct_ids":["a","b"],"token":"mptoken0123456789abcdef01234567"}}]""";
        var request = Sent.Body("/import", Encoding.ASCII.GetBytes($"data={Uri.EscapeDataString(json)}&verbose=1&ip=0&api_key=old"), "application/x-www-form-urlencoded");
        request.Headers.Authorization = MixpanelServer.Basic(MixpanelServer.Secret, "");
        Assert.Equal("""{"code":200,"error":null,"num_records_imported":1,"status":1}""", (await server.SendAsync(request)).Text);
        Assert.Equal([ItemKind.LinkClaim, ItemKind.Event], server.Door.Items.Select(item => item.Kind));
    }

    static (string, string, string, string, long, string) Key(SeenItem item) =>
        (item.Name, item.DistinctId, item.DeviceId, item.UserId, item.SentTimeMs, item.InsertId);

    static HttpRequest Get(string data)
    {
        var request = Sent.Get("/track");
        request.QueryString = new($"?ip=0&data={data}&verbose=0");
        return request;
    }

    static HttpRequest Post(string body, string? contentType) => Post(Encoding.UTF8.GetBytes(body), contentType);

    static HttpRequest Post(byte[] body, string? contentType, string? contentEncoding = null)
    {
        var request = Sent.Body("/track", body, contentType!);
        if (contentEncoding is not null) request.Headers.ContentEncoding = contentEncoding;
        return request;
    }

    static string Multipart(string data) =>
        $"--xYz\r\nContent-Disposition: form-data; name=\"ip\"\r\n\r\n0\r\n--xYz\r\nContent-Disposition: form-data; name=\"data\"\r\n\r\n{data}\r\n--xYz--\r\n";

    static byte[] Cesu8(string text)
    {
        var bytes = new List<byte>();
        foreach (var unit in text)
        {
            if (unit < 0x80) bytes.Add((byte)unit);
            else if (unit < 0x800) bytes.AddRange([(byte)(0xC0 | unit >> 6), (byte)(0x80 | unit & 0x3F)]);
            else bytes.AddRange([(byte)(0xE0 | unit >> 12), (byte)(0x80 | unit >> 6 & 0x3F), (byte)(0x80 | unit & 0x3F)]);
        }
        return [.. bytes];
    }
}
