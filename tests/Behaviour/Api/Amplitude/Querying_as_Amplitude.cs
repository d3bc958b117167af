using System.IO.Compression;
using System.Net;
using System.Text.Json;
using Cairn.Model;
using Cairn.Support;
using Cairn.Support.Query;
using Xunit;

namespace Cairn.Behaviour.Api.Amplitude;

/// <summary>Amplitude's dashboard and export APIs answer in Amplitude's shapes, to the requests that its clients send.</summary>
public sealed class Querying_as_Amplitude(Querying_as_Amplitude.Shop shop) : IClassFixture<Querying_as_Amplitude.Shop>
{
    static readonly DateTimeOffset Now = new(2025, 6, 15, 12, 0, 0, TimeSpan.Zero);

    static readonly MemoryEvent[] Events =
    [
        Event("Signed Up", 8, 9, "al-anna-cap", "d1", """{"plan":"pro","$country":"Germany"}"""),
        Event("Signed Up", 8, 23, "al-anna-cap", "d2", """{"plan":"pro","n":3}"""),
        Event("Signed Up", 9, 1, "bob", "d3", """{"plan":"free","n":"12","tags":["a","b"]}"""),
        Event("Signed Up", 15, 11, "cid", null, """{"n":7,"tags":["b"]}"""),
        Event("Purchase", 14, 11, "al-anna-cap", "d2", """{"$revenue":9.5,"$platform":"iOS","naïve":"x"}""") with { SessionId = "1749895200000", InsertId = "ins-1" },
        Event("Purchase", 15, 10, "bob", "d3", """{"$revenue":5}"""),
        Event("$identify", 15, 10, "bob", "d3", "{}") with { Dialect = Dialect.Mixpanel },
    ];

    readonly QueryApp app = shop.App;

    /// <summary>One app for all tests: nothing here changes it.</summary>
    public sealed class Shop : IAsyncLifetime
    {
        public QueryApp App { get; private set; } = null!;

        public async Task InitializeAsync() => App = await QueryApp.StartAsync(
            MemoryEvents.Of(Events).Source, Now, people: new MemoryPeople().With("al-anna-cap", """{"plan":"pro","team":["x","y"],"$language":"German"}""").With("bob", """{"plan":"free"}"""));

        public async Task DisposeAsync() => await App.DisposeAsync();
    }

    static MemoryEvent Event(string name, int day, int hour, string user, string? device, string properties) =>
        new(name, new(2025, 6, day, hour, 0, 0, TimeSpan.Zero), user, properties) { Dialect = Dialect.Amplitude, UserId = user, DeviceId = device };

    public static TheoryData<string, int> Captures() => new() { { "amplitude-legacy.segmentation", 1 }, { "amplitude-legacy.userSearch", 1 }, { "amplitude-legacy.userActivity", 1 }, { "amplitude-legacy.userActivity", 2 }, { "amplitude-legacy.export", 1 } };

    [Theory]
    [MemberData(nameof(Captures))]
    public async Task Answers_every_captured_request(string file, int number)
    {
        var capture = Capture.Of(file, number);
        using var request = new HttpRequestMessage(new HttpMethod(capture.Method), capture.Path + capture.QueryString);
        request.Headers.TryAddWithoutValidation("authorization", capture.Headers["authorization"]);

        using var answer = await app.Http.SendAsync(request);

        Assert.Equal(capture.ExpectedStatus, (int)answer.StatusCode);
        Assert.Equal(capture.Field("expectedResponseHeaders")!.Value.GetProperty("content-type").GetString()!, answer.Content.Headers.ContentType!.ToString());
    }

    [Fact]
    public async Task Gives_the_documented_shape_to_the_captured_chart()
    {
        var capture = Capture.Of("amplitude-legacy.segmentation", 1);
        using var answer = await app.GetAsync(QueryApp.AmplitudeKeys, capture.Path, [.. capture.Query.Select(pair => (pair.Key, pair.Value))]);
        Assert.Equal(
            """{"data":{"series":[[1,0,0,0,0,0,0,0]],"seriesCollapsed":[[{"value":1}]],"seriesLabels":["pro"],"seriesMeta":[{"segmentIndex":0,"eventIndex":0}],"xValues":["2025-06-08","2025-06-09","2025-06-10","2025-06-11","2025-06-12","2025-06-13","2025-06-14","2025-06-15"]}}""",
            await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    // The snippet of the vendor's page: m=uniques over one event.
    [InlineData("e={\"event_type\":\"Signed Up\"}&start=20250608&end=20250609&m=uniques", "[[1,1]]", "[0]", "[2]")]
    [InlineData("e={\"event_type\":\"Signed Up\"}&start=20250608&end=20250609&m=totals", "[[2,1]]", "[0]", "[3]")]
    [InlineData("e={\"event_type\":\"Signed Up\"}&start=20250608&end=20250609&m=average", "[[2,1]]", "[0]", "[1.5]")]
    [InlineData("e={\"event_type\":\"Purchase\"}&start=20250614&end=20250615&m=pct_dau", "[[1,0.5]]", "[0]", "[0.6666666666666666]")]
    [InlineData("e={\"event_type\":\"Signed Up\"}&start=20250608&end=20250609&i=7", "[[2]]", "[0]", "[2]")]
    [InlineData("e={\"event_type\":\"Signed Up\"}&start=20250608&end=20250609&g=gp:plan", "[[0,1],[1,0]]", "[\"free\",\"pro\"]", "[1,1]")]
    [InlineData("e={\"event_type\":\"Signed Up\"}&start=20250608&end=20250609&g=country", "[[1,1],[1,0]]", "[\"(none)\",\"Germany\"]", "[2,1]")]
    [InlineData("e={\"event_type\":\"Signed Up\"}&start=20250608&end=20250609&g=&m=totals", "[[2,1]]", "[0]", "[3]")]
    [InlineData("e={\"event_type\":\"Signed Up\",\"group_by\":[{\"type\":\"event\",\"value\":\"plan\"}]}&start=20250608&end=20250609&g=gp:plan", "[[0,1],[1,0]]", "[[0,\"free; free\"],[0,\"pro; pro\"]]", "[1,1]")]
    [InlineData("e={\"event_type\":\"Signed Up\"}&start=20250608&end=20250609&m=totals&s=[{\"prop\":\"gp:plan\",\"op\":\"is\",\"values\":[\"pro\"]}]&s=[]", "[[2,0],[2,1]]", "[0,1]", "[2,3]")]
    [InlineData("e={\"event_type\":\"Signed Up\"}&e2={\"event_type\":\"Purchase\"}&start=20250614&end=20250615&m=totals", "[[0,1],[1,1]]", "[0,1]", "[1,2]")]
    [InlineData("e={\"event_type\":\"_active\"}&start=20250615&end=20250615&m=totals", "[[2]]", "[0]", "[2]")]
    [InlineData("e={\"event_type\":\"_all\"}&start=20250615&end=20250615&m=totals", "[[3]]", "[0]", "[3]")]
    [InlineData("e={\"event_type\":\"Signed Up\",\"group_by\":[{\"type\":\"event\",\"value\":\"n\"}]}&start=20250608&end=20250615&i=30&m=sums", "[[22]]", "[0]", "[22]")]
    [InlineData("e={\"event_type\":\"Signed Up\"}&start=20250608&end=20250609&m=formula&formula=TOTALS(A)/UNIQUES(A)", "[[2,1]]", "[0]", "[1.5]")]
    [InlineData("e={\"event_type\":\"Purchase\"}&start=20250614&end=20250615&m=formula&formula=SESSIONTOTALS(A)", "[[1,0]]", "[0]", "[1]")]
    [InlineData("e={\"event_type\":\"Signed Up\"}&start=20250608&end=20250609&m=formula&formula=%:avg(A)*100;CUMSUM(TOTALS,A)", "[[200,100],[2,3]]", "[0,1]", "[150,3]")]
    [InlineData("e={\"event_type\":\"Signed Up\"}&start=20250608&end=20250609&m=formula&formula=UNIQUES(A1)/UNIQUES(A2)&s=[{\"prop\":\"gp:plan\",\"op\":\"is\",\"values\":[\"pro\"]}]&s=[]", "[[1,0]]", "[0]", "[0.5]")]
    [InlineData("e={\"event_type\":\"Signed Up\"}&start=20250609&end=20250610&rollingWindow=2", "[[2,1]]", "[0]", "[1]")]
    [InlineData("e={\"event_type\":\"Signed Up\"}&start=20250609&end=20250610&m=totals&rollingAverage=2", "[[1.5,0.5]]", "[0]", "[1]")]
    [InlineData("e={\"event_type\":\"Signed Up\",\"group_by\":[{\"type\":\"event\",\"value\":\"n\"}]}&start=20250608&end=20250615&i=30&m=formula&formula=PROPSUM(A)", "[[22]]", "[0]", "[22]")]
    [InlineData("e={\"event_type\":\"Nothing\"}&start=20250608&end=20250609", "[]", "[]", "[]")]
    public async Task Counts_as_the_chart_says(string query, string series, string labels, string collapsed)
    {
        var data = (await app.JsonAsync(QueryApp.AmplitudeKeys, "/api/2/events/segmentation", Pairs(query))).GetProperty("data");
        var values = data.GetProperty("seriesCollapsed").EnumerateArray().Select(one => one[0].GetProperty("value").ToString());
        Assert.Equal((series, labels, collapsed), (data.GetProperty("series").ToString(), data.GetProperty("seriesLabels").ToString(), $"[{string.Join(',', values)}]"));
    }

    [Fact]
    public async Task Puts_the_numbers_of_a_histogram_into_bins()
    {
        var data = (await app.JsonAsync(QueryApp.AmplitudeKeys, "/api/2/events/segmentation", Pairs(
            "e={\"event_type\":\"Signed Up\",\"group_by\":[{\"type\":\"event\",\"value\":\"n\"}]}&start=20250608&end=20250615&m=histogram"))).GetProperty("data");
        var (bins, counts) = (data.GetProperty("xValues"), data.GetProperty("series")[0]);
        // The numbers are 3, 7 and "12": nine apart, so bins of 1 from the first to the last.
        Assert.Equal((10, "[3, 4)", "[12, 13)"), (bins.GetArrayLength(), bins[0].GetString(), bins[9].GetString()));
        Assert.Equal("[1,0,0,0,1,0,0,0,0,1]", counts.ToString());
    }

    [Theory]
    [InlineData("plan", "is", "[\"pro\",\"team\"]", 2)]
    [InlineData("plan", "is", "[\"(none)\"]", 1)]
    [InlineData("plan", "is not", "[\"pro\"]", 2)]
    [InlineData("plan", "is not", "[\"(none)\"]", 3)]
    [InlineData("plan", "contains", "[\"r\"]", 3)]
    [InlineData("plan", "does not contain", "[\"pr\",\"x\"]", 2)]
    [InlineData("n", "is", "[\"3\"]", 1)] // texts are compared
    [InlineData("n", "greater", "[\"3\"]", 2)] // numbers are: "12" is one
    [InlineData("n", "greater or equal", "[3]", 3)]
    [InlineData("n", "less", "[\"7\"]", 1)]
    [InlineData("n", "less or equal", "[\"7\"]", 2)]
    [InlineData("tags", "is", "[\"a\"]", 1)] // any element
    [InlineData("tags", "is not", "[\"a\"]", 3)]
    [InlineData("tags", "set is", "[\"b\",\"a\"]", 1)]
    [InlineData("tags", "set is not", "[\"b\",\"a\"]", 3)]
    [InlineData("tags", "set contains", "[\"b\"]", 2)]
    [InlineData("tags", "set does not contain", "[\"a\",\"b\"]", 3)]
    [InlineData("plan", "starts with", "[\"p\"]", 2)]
    [InlineData("plan", "glob match", "[\"f*e\"]", 1)]
    [InlineData("plan", "glob does not match", "[\"f*e\"]", 3)]
    public async Task Filters_by_every_operator(string property, string @operator, string values, int expected)
    {
        var e = $$"""{"event_type":"Signed Up","filters":[{"subprop_type":"event","subprop_key":"{{property}}","subprop_op":"{{@operator}}","subprop_value":{{values}}}]}""";
        var answer = await app.JsonAsync(QueryApp.AmplitudeKeys, "/api/2/events/segmentation", ("e", e), ("start", "20250601"), ("end", "20250630"), ("i", "30"), ("m", "totals"));
        Assert.Equal(expected, answer.GetProperty("data").GetProperty("series")[0][0].GetInt32());
    }

    [Theory]
    [InlineData("start=20250608&end=20250609", "Invalid e: it is missing")]
    [InlineData("e={&start=20250608&end=20250609", "Invalid e: it is no JSON")]
    [InlineData("e={\"event_type\":\"\\ud83d\"}&start=20250608&end=20250609", "Invalid e: a text holds half a character")]
    [InlineData("e={}&start=20250608&end=20250609", "Invalid event e: event_type is missing")]
    [InlineData("e={\"event_type\":\"ce:mine\"}&start=20250608&end=20250609", "Invalid event ce:mine: there are no custom events here")]
    [InlineData("e={\"event_type\":\"A\"}&start=2025-06-08&end=20250609", "Invalid start 2025-06-08: give YYYYMMDD")]
    [InlineData("e={\"event_type\":\"A\"}&start=20250610&end=20250609", "Invalid end: it is before start")]
    [InlineData("e={\"event_type\":\"A\"}&start=20250608&end=20250609&m=formula&formula=UNIQUES(A)/TOTALS(B)", "Invalid formula: \"B\" is unknown; the only event is A (at character 19)")]
    [InlineData("e={\"event_type\":\"A\"}&start=20250608&end=20250609&m=formula&formula=PROPSUM(A)", "Invalid formula: \"PROPSUM\" needs the event's group_by to name a property (at character 1)")]
    [InlineData("e={\"event_type\":\"A\"}&start=20250608&end=20250609&m=formula&formula=HIST(A)", "Invalid formula: there is no metric \"HIST\" here (at character 1)")]
    [InlineData("e={\"event_type\":\"A\"}&start=20250608&end=20250609&m=most", "Invalid metric most")]
    [InlineData("e={\"event_type\":\"A\"}&start=20250608&end=20250609&i=2", "Invalid interval 2")]
    [InlineData("e={\"event_type\":\"A\"}&start=20250608&end=20250609&g=shoe_size", "Invalid user property shoe_size")]
    [InlineData("e={\"event_type\":\"A\"}&start=20250608&end=20250609&limit=-1", "Invalid limit -1")]
    [InlineData("e={\"event_type\":\"A\"}&start=20250608&end=20250609&rollingWindow=7x", "Invalid rollingWindow 7x: give 1 to 90 intervals")]
    [InlineData("e={\"event_type\":\"A\"}&start=20250608&end=20250609&s=[{\"prop\":\"userdata_cohort\",\"op\":\"is\",\"values\":[\"x\"]}]", "there is no cohort x")]
    [InlineData("e={\"event_type\":\"A\",\"filters\":[{\"subprop_type\":\"event\",\"subprop_key\":\"a\",\"subprop_op\":\"like\",\"subprop_value\":[\"x\"]}]}&start=20250608&end=20250609", "Invalid filter operator like")]
    [InlineData("e={\"event_type\":\"A\",\"filters\":[{\"subprop_type\":\"event\",\"subprop_key\":\"a\",\"subprop_op\":\"less\",\"subprop_value\":[\"x\"]}]}&start=20250608&end=20250609", "Invalid filter value x: it is no number")]
    public async Task Says_what_is_wrong_in_Amplitudes_envelope(string query, string details)
    {
        using var answer = await app.GetAsync(QueryApp.AmplitudeKeys, "/api/2/events/segmentation", Pairs(query));
        var error = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("error");
        Assert.Equal((400, 400, "Invalid chart definition", details), (
            (int)answer.StatusCode, error.GetProperty("http_code").GetInt32(), error.GetProperty("message").GetString(), error.GetProperty("metadata").GetProperty("details").GetString()));
    }

    [Theory]
    [InlineData("contains", 2_000, 200)]
    [InlineData("contains", 2_001, 400)]
    [InlineData("set does not contain", 2_001, 400)]
    [InlineData("is", 4_000, 200)] // one look-up, however many
    public async Task Takes_only_so_many_values_that_are_tried_one_by_one(string @operator, int valueCount, int status)
    {
        var values = string.Join(',', Enumerable.Range(0, valueCount).Select(i => i % 10));
        using var answer = await app.GetAsync(QueryApp.AmplitudeKeys, "/api/2/events/segmentation", ("start", "20250608"), ("end", "20250609"),
            ("e", $$"""{"event_type":"Signed Up","filters":[{"subprop_key":"plan","subprop_op":"{{@operator}}","subprop_value":[{{values}}]}]}"""));
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData(null, "/api/2/events/segmentation", 401)]
    [InlineData("wrong:wrong", "/api/2/usersearch", 403)]
    [InlineData("token:", "/api/2/useractivity", 403)]
    [InlineData("viewer:", "/api/2/export", 403)]
    [InlineData(QueryApp.AmplitudeKeys, "/api/2/unheard-of", 404)]
    public async Task Turns_away_who_may_not_ask(string? credentials, string path, int status)
    {
        using var answer = credentials is null ? await app.Http.GetAsync(path) : await app.GetAsync(credentials, path);
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData("al-anna-cap", "match_user_or_device_id", "al-anna-cap")]
    [InlineData("d3", "match_user_or_device_id", "bob")]
    [InlineData("al-", "match_user_prefix", "al-anna-cap")]
    [InlineData("nobody", "nomatch", "")]
    public async Task Finds_users_by_what_they_are_known_by(string sought, string type, string users)
    {
        var answer = await app.JsonAsync(QueryApp.AmplitudeKeys, "/api/2/usersearch", ("user", sought));
        Assert.Equal((type, users), (answer.GetProperty("type").GetString(), string.Join(' ', answer.GetProperty("matches").EnumerateArray().Select(match => match.GetProperty("user_id").GetString()))));
    }

    [Fact]
    public async Task Shows_what_a_user_did()
    {
        var match = (await app.JsonAsync(QueryApp.AmplitudeKeys, "/api/2/usersearch", ("user", "al-anna-cap"))).GetProperty("matches")[0];
        Assert.Equal(("2025-06-14", "d2"), (match.GetProperty("last_seen").GetString(), match.GetProperty("last_device_id").GetString()));
        var id = match.GetProperty("amplitude_id").GetInt64();

        var answer = await app.JsonAsync(QueryApp.AmplitudeKeys, "/api/2/useractivity", ("user", $"{id}"), ("limit", "2"));

        Assert.Equal(["Purchase", "Signed Up"], answer.GetProperty("events").EnumerateArray().Select(item => item.GetProperty("event_type").GetString()!));
        var user = answer.GetProperty("userData");
        Assert.Equal((id, 3, 1, "1", "9.5"), (
            user.GetProperty("canonical_amplitude_id").GetInt64(), user.GetProperty("num_events").GetInt32(), user.GetProperty("num_sessions").GetInt32(),
            user.GetProperty("purchases").GetString(), user.GetProperty("revenue").GetString()));
        Assert.Equal(("2025-06-08", "2025-06-14", "iOS", "Germany", "German"), (
            user.GetProperty("first_used").GetString(), user.GetProperty("last_used").GetString(), user.GetProperty("platform").GetString(),
            user.GetProperty("country").GetString(), user.GetProperty("language").GetString()));
        Assert.Equal("{\"plan\":\"pro\",\"team\":[\"x\",\"y\"]}", user.GetProperty("properties").GetRawText());
        var oldest = await app.JsonAsync(QueryApp.AmplitudeKeys, "/api/2/useractivity", ("user", $"{id}"), ("direction", "earliest"), ("offset", "1"), ("limit", "1"));
        Assert.Equal("2025-06-08 23:00:00.000000", oldest.GetProperty("events")[0].GetProperty("event_time").GetString());
    }

    [Fact]
    public async Task An_unknown_user_has_done_nothing()
    {
        var answer = await app.JsonAsync(QueryApp.AmplitudeKeys, "/api/2/useractivity", ("user", "101"));
        Assert.Equal((0, 0), (answer.GetProperty("events").GetArrayLength(), answer.GetProperty("userData").GetProperty("num_events").GetInt32()));
    }

    [Fact]
    public async Task An_event_that_skips_the_profile_knows_its_own_properties_alone()
    {
        var backfilled = Event("Imported", 10, 9, "al-anna-cap", "d1", """{"x":1,"$user_properties":{"plan":"trial"}}""") with { SkipsProfile = true };
        await using var own = await QueryApp.StartAsync(MemoryEvents.Of(backfilled, backfilled with { SkipsProfile = false, Properties = "{}" }).Source, Now, people: new MemoryPeople().With("al-anna-cap", """{"plan":"pro"}"""));

        var chart = await own.JsonAsync(QueryApp.AmplitudeKeys, "/api/2/events/segmentation", ("e", "{\"event_type\":\"Imported\"}"), ("start", "20250610"), ("end", "20250610"), ("m", "totals"), ("g", "gp:plan"));
        Assert.Equal("[\"pro\",\"trial\"]", chart.GetProperty("data").GetProperty("seriesLabels").GetRawText());
        using var export = await own.GetAsync(QueryApp.AmplitudeKeys, "/api/2/export", ("start", "20250610T09"), ("end", "20250610T09"));
        using var archive = new ZipArchive(await export.Content.ReadAsStreamAsync());
        using var lines = new StreamReader(new GZipStream(archive.Entries[0].Open(), CompressionMode.Decompress));
        var line = JsonDocument.Parse((await lines.ReadLineAsync())!).RootElement;
        Assert.Equal(("{\"x\":1}", "{\"plan\":\"trial\"}"), (line.GetProperty("event_properties").GetRawText(), line.GetProperty("user_properties").GetRawText()));
    }

    [Fact]
    public async Task Lists_event_types_with_this_weeks_totals()
    {
        var answer = await app.JsonAsync(QueryApp.AmplitudeKeys, "/api/2/events/list");
        // The week of 15 June, a Sunday, began that day.
        Assert.Equal(["$identify 1", "Purchase 1", "Signed Up 1"], answer.GetProperty("data").EnumerateArray().Select(item => $"{item.GetProperty("name").GetString()} {item.GetProperty("totals")}").Order(StringComparer.Ordinal));
        Assert.Equal(
            ["autohidden", "deleted", "display", "flow_hidden", "hidden", "id", "in_waitroom", "name", "non_active", "timeline_hidden", "totals", "totals_delta", "value", "waitroom_approved"],
            answer.GetProperty("data")[0].EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Exports_a_zip_of_gzipped_lines_by_hour_of_receipt()
    {
        using var answer = await app.GetAsync(QueryApp.AmplitudeKeys, "/api/2/export", ("start", "20250608T09"), ("end", "20250614T11"));
        using var archive = new ZipArchive(await answer.Content.ReadAsStreamAsync());
        Assert.Equal(["12345/12345_2025-06-08_23#0.json.gz", "12345/12345_2025-06-08_9#0.json.gz", "12345/12345_2025-06-09_1#0.json.gz", "12345/12345_2025-06-14_11#0.json.gz"],
            archive.Entries.Select(entry => entry.FullName).Order(StringComparer.Ordinal));
        using var lines = new StreamReader(new GZipStream(archive.GetEntry("12345/12345_2025-06-14_11#0.json.gz")!.Open(), CompressionMode.Decompress));
        var line = JsonDocument.Parse((await lines.ReadLineAsync())!).RootElement;
        Assert.Equal(("Purchase", "ins-1", "2025-06-14 11:00:00.000000", 1749895200000, "iOS", "German"), (
            line.GetProperty("event_type").GetString(), line.GetProperty("$insert_id").GetString(), line.GetProperty("event_time").GetString(),
            line.GetProperty("session_id").GetInt64(), line.GetProperty("platform").GetString(), line.GetProperty("language").GetString()));
        Assert.Equal("{\"naïve\":\"x\"}", line.GetProperty("event_properties").GetRawText());
        Assert.Equal("{\"plan\":\"pro\",\"team\":[\"x\",\"y\"]}", line.GetProperty("user_properties").GetRawText());
        Assert.Equal(12345, line.GetProperty("app").GetInt32());
        Assert.Null(await lines.ReadLineAsync());
    }

    [Theory]
    [InlineData("start=20240608T09&end=20240614T11", 404)]
    [InlineData("start=20240608&end=20240614T11", 400)]
    [InlineData("start=20240608T09&end=20240608T08", 400)]
    public async Task Says_that_there_is_nothing_to_export(string query, int status)
    {
        using var answer = await app.GetAsync(QueryApp.AmplitudeKeys, "/api/2/export", Pairs(query));
        Assert.Equal(status, (int)answer.StatusCode);
    }

    /// <summary>Pairs of a query that is not encoded; a value may hold any character but &amp;.</summary>
    static (string, string)[] Pairs(string query) =>
        [.. query.Split('&').Select(pair => (pair[..pair.IndexOf('=', StringComparison.Ordinal)], pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..]))];
}
