using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Cairn.Support;
using Xunit;

namespace Cairn.EndToEnd.Sdks;

/// <summary>What Python's <c>mixpanel</c> and <c>amplitude-analytics</c> put on the wire, byte by byte, against the running server: each hears what it takes for success, and everything is in the answers.</summary>
public sealed class Requests_of_Pythons_clients(CairnFixture fixture) : IClassFixture<CairnFixture>, IDisposable
{
    readonly RunningCairn cairn = fixture.Cairn;
    readonly PythonWire wire = new(fixture.Cairn.Url);

    public void Dispose() => wire.Dispose();

    /// <summary>One request a call.</summary>
    /// <remarks>Source: mixpanel-python, mixpanel/__init__.py: <c>Mixpanel</c> and <c>Consumer._write_request</c>. <c>alias</c> and <c>merge</c> are words of the original identity system.</remarks>
    [Fact]
    public async Task Mixpanel_for_Python()
    {
        var project = await MakeProjectAsync();
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0;
        await Mixpanel(project).SendAsync("/track", Event("Py Signed Up", "py-ann", now, "a1", """,'plan':'pro','city':'Z\u00fcrich \ud83d\ude00','sum':'1 + 1 = 2 & 50%'"""));
        await Mixpanel(project).SendAsync("/track", """{'event':'$create_alias','properties':{'distinct_id':'py-ann','alias':'ann@example.org','token':'TOKEN'}}""");
        await Mixpanel(project).SendAsync("/track", Event("Py By Alias", "ann@example.org", now, "a2"));
        // Older than five days: the client says that this is what import is for.
        await Mixpanel(project).SendAsync("/import", Event("Py Imported", "py-old", Math.Floor(now) - 9 * 86400, "a3"), asOwner: true);
        await Mixpanel(project).SendAsync("/import", """{'event':'$merge','properties':{'$distinct_ids':['py-ann','py-old'],'token':'TOKEN'}}""", asOwner: true);
        foreach (var update in new[]
        {
            """'$set':{'$name':'Ann','plan':'pro'}""", """'$set_once':{'first_plan':'free','plan':'free'}""", """'$add':{'logins':3}""", """'$append':{'tags':'a'}""",
            """'$union':{'tags':['a','b']}""", """'$append':{'$transactions':{'$amount':25.5}}""", """'$remove':{'tags':'a'}""", """'$unset':['plan']""",
        })
        {
            await Mixpanel(project).SendAsync("/engage", string.Create(CultureInfo.InvariantCulture, $"{{'$token':'TOKEN','$time':{now},'$distinct_id':'py-ann',{update}}}"));
        }
        await Mixpanel(project).SendAsync("/groups", string.Create(CultureInfo.InvariantCulture, $"{{'$token':'TOKEN','$time':{now},'$group_key':'company','$group_id':'acme','$set':{{'seats':1}}}}"));

        using var reader = cairn.WithBasic(project.Secret, "");
        var events = await ExportedEvents.WaitForAsync(reader, "Py ", 3);
        Assert.Equal(3, events.Count);
        Assert.Equal("Zürich 😀", events.Only("Py Signed Up").GetProperty("city").GetString());
        Assert.Equal("1 + 1 = 2 & 50%", events.Only("Py Signed Up").GetProperty("sum").GetString());
        var ids = await Eventually.AsyncUntil(found => found.Length == 3, async () =>
            (await AskAsync(reader, "/api/v1/identities/py-ann")) is { } identity ? identity.GetProperty("ids").EnumerateArray().Select(id => id.GetProperty("id").GetString()!).Order().ToArray() : []);
        Assert.Equal(["ann@example.org", "py-ann", "py-old"], ids);
        var profile = (await Eventually.AsyncUntil(found => found is { } one && one.TryGetProperty("$transactions", out _) && !one.TryGetProperty("plan", out _) && one.GetProperty("tags").GetArrayLength() == 1,
            async () => (await AskAsync(reader, "/api/v1/profiles/py-ann"))?.GetProperty("properties")))!.Value;
        Assert.Equal("Ann", profile.GetProperty("$name").GetString());
        Assert.Equal("free", profile.GetProperty("first_plan").GetString());
        Assert.Equal(3, profile.GetProperty("logins").GetDouble());
        Assert.Equal("""["b"]""", profile.GetProperty("tags").GetRawText());
        Assert.Equal("""[{"$amount":25.5}]""", profile.GetProperty("$transactions").GetRawText());
    }

    /// <summary>At most fifty messages of an endpoint at once, the rest when it flushes; events before profiles before groups before imports.</summary>
    /// <remarks>Source: mixpanel-python, mixpanel/__init__.py: <c>BufferedConsumer</c>.</remarks>
    [Fact]
    public async Task Mixpanel_for_Python_with_a_buffer()
    {
        var project = await MakeProjectAsync();
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0;
        var events = Enumerable.Range(0, 120).Select(i => Event("Buffered", $"py-{i % 7}", now, $"b{i}", $",'n':{i}")).ToArray();
        var updates = Enumerable.Range(0, 60).Select(i => string.Create(CultureInfo.InvariantCulture, $"{{'$token':'TOKEN','$time':{now},'$distinct_id':'py-{i % 3}','$add':{{'visits':1}}}}"));
        var imports = Enumerable.Range(0, 3).Select(i => Event("Buffered Long Ago", $"py-{i}", Math.Floor(now) - 9 * 86400, $"c{i}"));
        foreach (var (path, messages) in new[] { ("/track", events), ("/engage", updates), ("/import", imports) })
        {
            foreach (var batch in messages.Chunk(50)) await Mixpanel(project).SendAsync(path, $"[{string.Join(',', batch)}]", asOwner: path == "/import");
        }

        using var reader = cairn.WithBasic(project.Secret, "");
        var found = await ExportedEvents.WaitForAsync(reader, "Buffered", 123);
        Assert.Equal((120, 3), (found.CountOf("Buffered"), found.CountOf("Buffered Long Ago")));
        for (var person = 0; person < 3; person++)
        {
            var visits = await Eventually.AsyncUntil(visits => visits == 20, async () =>
                (await AskAsync(reader, $"/api/v1/profiles/py-{person}"))?.GetProperty("properties").GetProperty("visits").GetDouble());
            Assert.Equal(20, visits);
        }
    }

    /// <summary>Events, an identify, a revenue and a group identify in one upload, as its worker sends them; then an upload with <c>use_batch</c>.</summary>
    /// <remarks>Source: Amplitude-Python, src/amplitude: worker.py <c>get_payload</c>, http_client.py <c>JSON_HEADER</c>, event.py. It raises where a 2xx answer has no <c>code</c>.</remarks>
    [Theory]
    [InlineData("/2/httpapi", "http")]
    [InlineData("/batch", "batch")]
    public async Task Amplitude_for_Python(string path, string by)
    {
        var nowMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        string Upload(params string[] events) => $"{{'api_key': '{cairn.Keys.ApiKey}', 'events': [{string.Join(", ", events)}], 'options': {{'min_id_length': 3}}}}"
            .Replace("WHO", $"'user_id': 'py-{by}', 'device_id': 'pyd-{by}', 'time': {nowMs}, 'library': 'amplitude-python/1.2.0'", StringComparison.Ordinal)
            .Replace("BY", by, StringComparison.Ordinal).Replace('\'', '"');
        var (status, body) = await wire.PostJsonAsync(path, Upload(
            """{WHO, 'insert_id': 'BY-1', 'event_type': 'Py BY Opened', 'event_properties': {'text': 'Z\u00fcrich \ud83d\ude00', 'n': 1.5}}""",
            """{WHO, 'insert_id': 'BY-2', 'event_type': '$identify', 'user_properties': {'$set': {'plan': 'pro'}, '$setOnce': {'first': 'free'}, '$add': {'credits': 4}, '$append': {'list': 'c'}}}""",
            """{WHO, 'insert_id': 'BY-3', 'event_type': 'revenue_amount', 'event_properties': {'$productId': 'book', '$quantity': 2, '$price': 9.5}}""",
            """{WHO, 'insert_id': 'BY-4', 'event_type': '$groupidentify', 'groups': {'org': 'acme'}, 'group_properties': {'$set': {'seats': 3}}}"""));
        Assert.Equal((200, 200, 4), (status, body.GetProperty("code").GetInt32(), body.GetProperty("events_ingested").GetInt32()));
        // What it sent and heard nothing of, it sends again.
        (status, body) = await wire.PostJsonAsync(path, Upload("""{WHO, 'insert_id': 'BY-1', 'event_type': 'Py BY Opened', 'event_properties': {'text': 'Z\u00fcrich \ud83d\ude00', 'n': 1.5}}"""));
        Assert.Equal((200, 200), (status, body.GetProperty("code").GetInt32()));

        using var reader = cairn.AsMixpanelReader();
        var events = await Eventually.AsyncUntil(found => found.Count >= 2, async () => (await ExportedEvents.WaitForAsync(reader, "", 2)).Of($"py-{by}"));
        Assert.Equal(2, events.Count); // an identify is no event
        Assert.Equal("Zürich 😀", events.Only($"Py {by} Opened").GetProperty("text").GetString());
        Assert.Equal(19, events.Only("revenue_amount").GetProperty("$revenue").GetDouble());
        var profile = (await Eventually.AsyncUntil(found => found is not null, async () => (await AskAsync(reader, $"/api/v1/profiles/py-{by}"))?.GetProperty("properties")))!.Value;
        Assert.Equal(("pro", "free", 4, """["c"]"""), (profile.GetProperty("plan").GetString(), profile.GetProperty("first").GetString(), profile.GetProperty("credits").GetDouble(), profile.GetProperty("list").GetRawText()));
    }

    /// <summary>It drops the events that a 400 lists, sends the others again, and stops for good where the key is wrong: by these texts alone.</summary>
    /// <remarks>Source: Amplitude-Python, src/amplitude/processor.py.</remarks>
    [Fact]
    public async Task Amplitude_for_Python_hears_which_events_are_at_fault()
    {
        var (status, body) = await wire.PostJsonAsync("/2/httpapi", $$"""{"api_key": "{{cairn.Keys.ApiKey}}", "events": [{"user_id": "py-bad", "event_type": "Good"}, {"user_id": "py-bad", "event_type": ""}]}""");
        Assert.Equal((400, 400), (status, body.GetProperty("code").GetInt32()));
        Assert.Equal("[1]", body.GetProperty("events_with_missing_fields").GetProperty("event_type").GetRawText());
        (_, body) = await wire.PostJsonAsync("/2/httpapi", """{"api_key": "wrong0123456789abcdef0123456789ab", "events": [{"user_id": "py-bad", "event_type": "Good"}]}""");
        Assert.StartsWith("Invalid API key:", body.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    /// <summary>An event as <c>track</c> and <c>import_data</c> write it, with single quotes for the reader's sake.</summary>
    static string Event(string name, string who, double time, string insertId, string more = "") =>
        string.Create(CultureInfo.InvariantCulture, $"{{'event':'{name}','properties':{{'token':'TOKEN','distinct_id':'{who}','time':{time},'$insert_id':'{insertId}','mp_lib':'python','$lib_version':'5.3.0'{more}}}}}");

    MixpanelSender Mixpanel(MixpanelProject project) => new(wire, project);

    /// <summary>A project of the original identity system, with a token and a secret.</summary>
    async Task<MixpanelProject> MakeProjectAsync()
    {
        using var admin = cairn.AsAdmin();
        var made = await PostAsync(admin, "/api/v1/projects", """{"name":"Python","identity_mode":"original","group_keys":["company"]}""");
        var id = made.GetProperty("project").GetProperty("id").GetString();
        var token = (await PostAsync(admin, $"/api/v1/projects/{id}/tokens", """{"kind":"mixpanel_token","name":"server"}""")).GetProperty("token").GetString()!;
        var secret = (await PostAsync(admin, $"/api/v1/projects/{id}/keys", """{"name":"import","role":"admin"}""")).GetProperty("secret").GetString()!;
        return new(token, secret);
    }

    static async Task<JsonElement> PostAsync(HttpClient client, string path, string json)
    {
        using var answer = await client.PostAsync(new Uri(path, UriKind.Relative), new StringContent(json));
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {await answer.Content.ReadAsStringAsync()}");
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>Null where there is nothing of that name yet.</summary>
    static async Task<JsonElement?> AskAsync(HttpClient reader, string path)
    {
        using var answer = await reader.GetAsync(new Uri(path, UriKind.Relative));
        return answer.IsSuccessStatusCode ? await answer.Content.ReadFromJsonAsync<JsonElement>() : null;
    }

    sealed record MixpanelProject(string Token, string Secret);

    sealed class MixpanelSender(PythonWire wire, MixpanelProject project)
    {
        /// <summary>Sends one message or a list; <c>import_data</c> and <c>merge</c> show the secret, and the old key beside it.</summary>
        public async Task SendAsync(string path, string quoted, bool asOwner = false)
        {
            var json = quoted.Replace("TOKEN", project.Token, StringComparison.Ordinal).Replace('\'', '"');
            (string, string)[] fields = [("data", json), ("verbose", "1"), ("ip", "0")];
            var (status, body) = await wire.PostFormAsync(path, asOwner ? project.Secret : null, asOwner ? [.. fields, ("api_key", "none")] : fields);
            Assert.True(status == 200 && body.GetProperty("status").GetInt32() == 1, $"{path} {json}: {status} {body}"); // anything else, and it raises
        }
    }
}
