using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Cairn.Support;
using Cairn.Support.Query;
using Xunit;

namespace Cairn.Behaviour.Api.Mixpanel;

/// <summary>Mixpanel's query API answers in Mixpanel's shapes, to the requests that its clients send.</summary>
public sealed class Querying_as_Mixpanel(Querying_as_Mixpanel.Shop shop) : IClassFixture<Querying_as_Mixpanel.Shop>
{
    static readonly DateTimeOffset Now = new(2025, 6, 15, 12, 0, 0, TimeSpan.Zero);

    static readonly MemoryEvent[] Events =
    [
        new("Signed Up", At(8, 9), "ann", """{"plan":"pro","amount":10}""") { InsertId = "i1" },
        new("Signed Up", At(8, 23), "ann", """{"plan":"pro","amount":12.5}"""),
        new("Signed Up", At(9, 1), "bob", """{"plan":"free","amount":"7"}"""),
        new("Signed Up", At(15, 11), "cid", """{"plan":"free","tags":["a","b"]}"""),
        new("Purchased", At(14, 11), "ann", """{"price":3,"note":"naïve \"x\"\n"}"""),
        new("Purchased", At(15, 10), "ann", """{"price":4}"""),
        new("Purchased", At(15, 11), "bob", """{"price":5,"paid":true}"""),
    ];

    readonly QueryApp app = shop.App;

    /// <summary>One app for all tests: nothing here changes it.</summary>
    public sealed class Shop : IAsyncLifetime
    {
        public QueryApp App { get; private set; } = null!;

        public async Task InitializeAsync() => App = await QueryApp.StartAsync(MemoryEvents.Of(Events).Source, Now);

        public async Task DisposeAsync() => await App.DisposeAsync();
    }

    static DateTimeOffset At(int day, int hour) => new(2025, 6, day, hour, 0, 0, TimeSpan.Zero);

    public static TheoryData<int> Captures() => new(Capture.Of("mixpanel-query").Where(capture => IsOurs(capture.Path)).Select(capture => capture.Number));

    static bool IsOurs(string path) => path.Contains("/segmentation", StringComparison.Ordinal) || path.Contains("/events", StringComparison.Ordinal) || path.Contains("/export", StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Captures))]
    public async Task Answers_every_captured_request(int number)
    {
        var capture = Capture.Of("mixpanel-query", number);
        using var request = new HttpRequestMessage(new HttpMethod(capture.Method), capture.Path + capture.QueryString);
        request.Headers.TryAddWithoutValidation("authorization", capture.Headers["authorization"]);

        using var answer = await app.Http.SendAsync(request);

        Assert.Equal(capture.ExpectedStatus, (int)answer.StatusCode);
        Assert.StartsWith(capture.Field("expectedResponseHeaders")!.Value.GetProperty("content-type").GetString()!, answer.Content.Headers.ContentType!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, """{"data":{"series":["2025-06-08","2025-06-09","2025-06-10","2025-06-11","2025-06-12","2025-06-13","2025-06-14","2025-06-15"],"values":{"Signed Up":{"2025-06-08":2,"2025-06-09":1,"2025-06-10":0,"2025-06-11":0,"2025-06-12":0,"2025-06-13":0,"2025-06-14":0,"2025-06-15":1}}},"legend_size":1}""")]
    [InlineData(2, """{"data":{"series":["2025-06-08","2025-06-09","2025-06-10","2025-06-11","2025-06-12","2025-06-13","2025-06-14","2025-06-15"],"values":{"pro":{"2025-06-08":1,"2025-06-09":0,"2025-06-10":0,"2025-06-11":0,"2025-06-12":0,"2025-06-13":0,"2025-06-14":0,"2025-06-15":0}}},"legend_size":1}""")]
    [InlineData(3, """{"data":{"series":["2025-06-08","2025-06-09","2025-06-10","2025-06-11","2025-06-12","2025-06-13","2025-06-14","2025-06-15"],"values":{"6 - 8":{"2025-06-08":0,"2025-06-09":1,"2025-06-10":0,"2025-06-11":0,"2025-06-12":0,"2025-06-13":0,"2025-06-14":0,"2025-06-15":0},"10 - 12":{"2025-06-08":1,"2025-06-09":0,"2025-06-10":0,"2025-06-11":0,"2025-06-12":0,"2025-06-13":0,"2025-06-14":0,"2025-06-15":0},"12 - 14":{"2025-06-08":1,"2025-06-09":0,"2025-06-10":0,"2025-06-11":0,"2025-06-12":0,"2025-06-13":0,"2025-06-14":0,"2025-06-15":0}}},"legend_size":3}""")]
    [InlineData(4, """{"status":"ok","computed_at":"2025-06-15T12:00:00.000000+00:00","results":{"2025-06-08":22.5,"2025-06-09":7,"2025-06-10":0,"2025-06-11":0,"2025-06-12":0,"2025-06-13":0,"2025-06-14":0,"2025-06-15":0}}""")]
    [InlineData(5, """{"status":"ok","computed_at":"2025-06-15T12:00:00.000000+00:00","results":{"2025-06-08":11.25,"2025-06-09":7,"2025-06-10":0,"2025-06-11":0,"2025-06-12":0,"2025-06-13":0,"2025-06-14":0,"2025-06-15":0}}""")]
    [InlineData(6, """{"data":{"series":["2025-06-08","2025-06-09","2025-06-10","2025-06-11","2025-06-12","2025-06-13","2025-06-14","2025-06-15"],"values":{"Signed Up":{"2025-06-08":2,"2025-06-09":1,"2025-06-10":0,"2025-06-11":0,"2025-06-12":0,"2025-06-13":0,"2025-06-14":0,"2025-06-15":1},"Purchased":{"2025-06-08":0,"2025-06-09":0,"2025-06-10":0,"2025-06-11":0,"2025-06-12":0,"2025-06-13":0,"2025-06-14":1,"2025-06-15":2}}},"legend_size":2}""")]
    [InlineData(7, """{"events":[{"amount":2,"event":"Purchased","percent_change":1},{"amount":1,"event":"Signed Up","percent_change":1}],"type":"general"}""")]
    [InlineData(8, """["Signed Up","Purchased"]""")]
    [InlineData(9, """{"data":{"series":["2025-06-08","2025-06-09","2025-06-10","2025-06-11","2025-06-12","2025-06-13","2025-06-14","2025-06-15"],"values":{"free":{"2025-06-08":0,"2025-06-09":1,"2025-06-10":0,"2025-06-11":0,"2025-06-12":0,"2025-06-13":0,"2025-06-14":0,"2025-06-15":1},"pro":{"2025-06-08":2,"2025-06-09":0,"2025-06-10":0,"2025-06-11":0,"2025-06-12":0,"2025-06-13":0,"2025-06-14":0,"2025-06-15":0}}},"legend_size":2}""")]
    [InlineData(10, """{"plan":{"count":4},"amount":{"count":3},"tags":{"count":1}}""")]
    [InlineData(11, """["free","pro"]""")]
    public async Task Gives_the_documented_shape_to_the_capture(int number, string expected)
    {
        var capture = Capture.Of("mixpanel-query", number);

        using var answer = await app.GetAsync(QueryApp.MixpanelSecret, capture.Path, [.. capture.Query.Select(pair => (pair.Key, pair.Value))]);

        Assert.Equal(expected, await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("GET", "/api/query/segmentation")]
    [InlineData("GET", "/api/2.0/segmentation")]
    [InlineData("GET", "/api/2.0/segmentation/")]
    [InlineData("POST form", "/api/query/segmentation")]
    [InlineData("POST json", "/api/2.0/segmentation")]
    public async Task Takes_parameters_from_wherever_a_client_puts_them(string how, string path)
    {
        // The snippet of Mixpanel's reference: on=properties["plan"].
        var parameters = new Dictionary<string, string>
        {
            ["event"] = "Signed Up", ["from_date"] = "2025-06-08", ["to_date"] = "2025-06-09", ["on"] = "properties[\"plan\"]", ["project_id"] = "12345",
        };
        var query = string.Join('&', parameters.Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value)}"));
        using var request = how switch
        {
            "POST form" => new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(parameters) },
            "POST json" => new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(parameters) },
            _ => new HttpRequestMessage(HttpMethod.Get, $"{path}?{query}"),
        };

        using var answer = await app.SendAsync(QueryApp.ServiceAccount, request);

        Assert.Equal(
            """{"data":{"series":["2025-06-08","2025-06-09"],"values":{"pro":{"2025-06-08":2,"2025-06-09":0},"free":{"2025-06-08":0,"2025-06-09":1}}},"legend_size":2}""",
            await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("event=Signed Up&from_date=2025-06-08&to_date=2025-06-09&unit=hour&type=unique&where=properties[\"amount\"]>11", "2025-06-08 23:00:00", 1)]
    [InlineData("event=Signed Up&from_date=2025-06-08&to_date=2025-06-09&unit=week", "2025-06-02", 2)] // Sunday the 8th belongs to the week of Monday the 2nd
    [InlineData("event=Signed Up&from_date=2025-06-08&to_date=2025-06-09&unit=month", "2025-06-01", 3)]
    [InlineData("event=Signed Up&from_date=2025-06-08&to_date=2025-06-15&type=average", "2025-06-08", 2)]
    [InlineData("event=Signed Up&from_date=2025-06-08&to_date=2025-06-14&type=unique&interval=7", "2025-06-08", 2)]
    [InlineData("event=Nothing&from_date=2025-06-08&to_date=2025-06-09", "2025-06-08", 0)]
    public async Task Counts_by_unit_and_type(string query, string date, double expected)
    {
        var answer = await app.JsonAsync(QueryApp.MixpanelSecret, "/api/query/segmentation", Pairs(query));
        Assert.Equal(expected, answer.GetProperty("data").GetProperty("values").EnumerateObject().Single().Value.GetProperty(date).GetDouble());
    }

    [Theory]
    [InlineData("hour", 3, "2025-06-15 10:00:00", 3)]
    [InlineData("day", 2, "2025-06-14", 2)]
    [InlineData("week", 2, "2025-06-02", 2)]
    [InlineData("minute", 5, "2025-06-15 11:56:00", 5)]
    public async Task Looks_back_by_so_many_units(string unit, int interval, string first, int count)
    {
        var answer = await app.JsonAsync(QueryApp.MixpanelSecret, "/api/query/events", Pairs($"event=[\"Purchased\"]&unit={unit}&interval={interval}"));
        var series = answer.GetProperty("data").GetProperty("series").EnumerateArray().Select(date => date.GetString()).ToArray();
        Assert.Equal((first, count), (series[0], series.Length));
    }

    [Fact]
    public async Task Splits_a_list_into_its_elements_and_names_what_is_missing()
    {
        var answer = await app.JsonAsync(QueryApp.MixpanelSecret, "/api/query/segmentation", Pairs("event=Signed Up&from_date=2025-06-08&to_date=2025-06-15&on=properties[\"tags\"]&limit=2"));
        Assert.Equal(["undefined", "a"], answer.GetProperty("data").GetProperty("values").EnumerateObject().Select(series => series.Name));
        Assert.Equal(3, answer.GetProperty("legend_size").GetInt32());
    }

    [Theory]
    [InlineData("from_date=2025-06-08&to_date=2025-06-09", "event is required")]
    [InlineData("event=E&to_date=2025-06-09", "from_date is required")]
    [InlineData("event=E&from_date=2025-06-31&to_date=2025-06-09", "Error in from_date: invalid date, give YYYY-MM-DD")]
    [InlineData("event=E&from_date=2025-06-10&to_date=2025-06-09", "to_date is before from_date")]
    [InlineData("event=E&from_date=2025-06-08&to_date=2025-06-09&unit=year", "unit must be minute, hour, day, week, month or quarter, not year")]
    [InlineData("event=E&from_date=2025-06-08&to_date=2025-06-09&type=most", "type must be general, unique or average, not most")]
    [InlineData("event=E&from_date=2025-06-08&to_date=2025-06-09&limit=0", "limit must be a whole number from 1 to 10000")]
    [InlineData("event=E&from_date=2025-06-08&to_date=2025-06-09&where=properties[\"a\"] ==", "Error in where: expected a value, found the end (at character 19)")]
    [InlineData("event=E&from_date=2025-06-08&to_date=2025-06-09&where=1 and true", "Error in where: \"and\" needs true or false, found a number (at character 1)")]
    [InlineData("event=E&from_date=2025-06-08&to_date=2025-06-09&on=plan type", "Error in on: \"plan\" is unknown; a property is written properties[\"plan\"] (at character 1)")]
    [InlineData("event=E&from_date=1990-06-08&to_date=2025-06-09&unit=minute", "the range holds more than 11000 buckets of this unit; ask for a longer unit or a shorter range")]
    public async Task Says_what_is_wrong_in_Mixpanels_shape(string query, string error)
    {
        using var answer = await app.GetAsync(QueryApp.MixpanelSecret, "/api/query/segmentation", Pairs(query));
        var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal((400, error), ((int)answer.StatusCode, body.GetProperty("error").GetString()));
        Assert.StartsWith("/api/query/segmentation?", body.GetProperty("request").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "/api/query/segmentation", 401)]
    [InlineData("wrong:", "/api/query/segmentation", 401)]
    [InlineData("token:", "/api/query/segmentation", 403)] // a write token only writes
    [InlineData("viewer:", "/api/query/export", 403)] // raw data needs more than a viewer
    [InlineData(QueryApp.MixpanelSecret, "/api/query/unheard-of", 404)]
    public async Task Turns_away_who_may_not_ask(string? credentials, string path, int status)
    {
        using var answer = credentials is null ? await app.Http.GetAsync(path) : await app.GetAsync(credentials, path);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.True(JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.TryGetProperty("error", out _));
    }

    [Fact]
    public async Task Wraps_the_answer_in_a_callback_and_gives_CSV()
    {
        var query = Pairs("event=Signed Up&from_date=2025-06-08&to_date=2025-06-09&on=properties[\"plan\"]");
        using var script = await app.GetAsync(QueryApp.MixpanelSecret, "/api/query/segmentation", [.. query, ("callback", "show.it")]);
        Assert.StartsWith("show.it({\"data\":", await script.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var harmless = await app.GetAsync(QueryApp.MixpanelSecret, "/api/query/segmentation", [.. query, ("callback", "alert(1);//")]);
        Assert.StartsWith("{\"data\":", await harmless.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var csv = await app.GetAsync(QueryApp.MixpanelSecret, "/api/query/segmentation", [.. query, ("format", "csv")]);
        Assert.Equal("date,pro,free\r\n2025-06-08,2,0\r\n2025-06-09,0,1\r\n", await csv.Content.ReadAsStringAsync());
    }

    [Theory] // a spreadsheet would run the first five
    [InlineData("=1+1", "'=1+1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0")]
    [InlineData("-2+3", "'-2+3")]
    [InlineData("=\"a\",b", "\"'=\"\"a\"\",b\"")]
    [InlineData("-5.5", "-5.5")]
    [InlineData("+49", "+49")]
    [InlineData("a=b", "a=b")]
    public async Task Gives_no_formula_to_a_spreadsheet(string value, string cell)
    {
        var at = new DateTimeOffset(2025, 6, 8, 9, 0, 0, TimeSpan.Zero);
        await using var own = await QueryApp.StartAsync(MemoryEvents.Of(new MemoryEvent("View", at, "ann", JsonSerializer.Serialize(new { plan = value }))).Source, at.AddDays(1));
        (string, string)[] query = [("event", "View"), ("from_date", "2025-06-08"), ("to_date", "2025-06-08"), ("on", "properties[\"plan\"]")];
        using var csv = await own.GetAsync(QueryApp.MixpanelSecret, "/api/query/segmentation", [.. query, ("format", "csv")]);
        Assert.Equal($"date,{cell}\r\n2025-06-08,1\r\n", await csv.Content.ReadAsStringAsync());
        var json = await own.JsonAsync(QueryApp.MixpanelSecret, "/api/query/segmentation", query);
        Assert.Equal(value, json.GetProperty("data").GetProperty("values").EnumerateObject().Single().Name);
    }

    [Fact]
    public async Task A_property_without_a_name_is_asked_for_as_such_and_an_empty_parameter_is_a_missing_one()
    {
        var at = new DateTimeOffset(2025, 6, 8, 9, 0, 0, TimeSpan.Zero);
        await using var own = await QueryApp.StartAsync(MemoryEvents.Of(new MemoryEvent("View", at, "ann", """{"": "nameless"}""")).Source, at.AddDays(1));
        using var empty = await own.GetAsync(QueryApp.MixpanelSecret, "/api/query/events/properties/values", ("name", ""));
        Assert.Equal(400, (int)empty.StatusCode);
        Assert.Contains("name", JsonDocument.Parse(await empty.Content.ReadAsStringAsync()).RootElement.GetProperty("error").GetString(), StringComparison.Ordinal);
        var byExpression = await own.JsonAsync(QueryApp.MixpanelSecret, "/api/query/segmentation", ("event", "View"), ("from_date", "2025-06-08"), ("to_date", "2025-06-08"), ("on", "properties[\"\"]"));
        Assert.Equal("nameless", byExpression.GetProperty("data").GetProperty("values").EnumerateObject().Single().Name);
    }

    [Theory]
    [InlineData(QueryApp.MixpanelSecret, "/api/2.0/export?from_date=2025-06-08&to_date=2025-06-14")]
    [InlineData(QueryApp.AmplitudeKeys, "/api/2/export?start=20250601T00&end=20250630T23")]
    public async Task A_raw_export_says_what_it_covers(string credentials, string path)
    {
        using var answer = await app.GetAsync(credentials, path);
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal("2025-06-15T11:00:00.000Z", answer.Headers.GetValues("X-Cairn-Data-Up-To").Single());
        Assert.True(int.Parse(answer.Headers.GetValues("X-Cairn-Rows-Read").Single(), System.Globalization.CultureInfo.InvariantCulture) > 0);
        Assert.Matches(@"^\d+\.\d$", answer.Headers.GetValues("X-Cairn-Elapsed-Ms").Single());
    }

    [Fact]
    public async Task Says_what_an_answer_covers()
    {
        using var answer = await app.GetAsync(QueryApp.MixpanelSecret, "/api/query/events/names");
        Assert.Equal("2025-06-15T11:00:00.000Z", answer.Headers.GetValues("X-Cairn-Data-Up-To").Single());
        Assert.Equal("7", answer.Headers.GetValues("X-Cairn-Rows-Read").Single());
    }

    [Fact]
    public async Task Exports_raw_events_line_by_line()
    {
        using var answer = await app.GetAsync(QueryApp.MixpanelSecret, "/api/2.0/export", Pairs("from_date=2025-06-08&to_date=2025-06-14&where=properties[\"amount\"] < 11 or defined(properties[\"note\"])"));
        Assert.Equal("text/plain; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal(
            """
            {"event":"Signed Up","properties":{"time":1749373200,"distinct_id":"ann","$insert_id":"i1","$mp_api_timestamp_ms":1749373200000,"mp_processing_time_ms":1749373200000,"amount":10,"plan":"pro"}}
            {"event":"Purchased","properties":{"time":1749898800,"distinct_id":"ann","$insert_id":"AAAAAAAAAAEAAAAA.4","$mp_api_timestamp_ms":1749898800000,"mp_processing_time_ms":1749898800000,"note":"naïve \"x\"\n","price":3}}

            """, await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("event=[\"Purchased\"]", 3)]
    [InlineData("limit=2", 2)]
    [InlineData("", 7)]
    [InlineData("where=event[\"$time\"] >= datetime(\"2025-06-15T10:30:00\")", 2)]
    public async Task Exports_what_is_asked_for_and_compresses_it(string query, int lines)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/2.0/export?from_date=2025-06-08&to_date=2025-06-15&time_in_ms=true&" + query);
        request.Headers.AcceptEncoding.ParseAdd("gzip, deflate, br");
        using var answer = await app.SendAsync(QueryApp.ServiceAccount, request);
        Assert.Equal("gzip", answer.Content.Headers.ContentEncoding.Single());
        using var text = new StreamReader(new GZipStream(await answer.Content.ReadAsStreamAsync(), CompressionMode.Decompress));
        var events = (await text.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(lines, events.Length);
        Assert.True(JsonDocument.Parse(events[0]).RootElement.GetProperty("properties").GetProperty("time").GetInt64() > 1_700_000_000_000);
    }

    [Theory]
    [InlineData("application/json", "{\"\\ud83d\":1}", "the body must be a JSON object")] // half an emoji
    [InlineData("application/json", "{\"event\":\"\\ud83d\"}", "the body must be a JSON object")]
    [InlineData("application/x-www-form-urlencoded", "event=[\"%5Cud83d\"]&from_date=2025-06-08&to_date=2025-06-09", "event must be a JSON list of texts")]
    [InlineData("application/x-www-form-urlencoded", "event=%00", "the body is a form that can't be read")]
    [InlineData("multipart/form-data", "x", "the body is a form that can't be read")]
    [InlineData("multipart/form-data; boundary=b", "x", "the body is a form that can't be read")]
    public async Task Says_what_is_wrong_with_a_body(string contentType, string body, string error)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/query/events") { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        using var answer = await app.SendAsync(QueryApp.MixpanelSecret, request);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.StartsWith(error, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("error").GetString()!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gives_a_signed_in_browser_no_script_that_other_pages_could_run()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/query/events/names?type=general&callback=show.it");
        request.Headers.Add("Cookie", $"cairn_session={QueryApp.Session}");
        request.Headers.Add("Sec-Fetch-Site", "same-site");
        using var answer = await app.Http.SendAsync(request);
        Assert.Equal((HttpStatusCode.OK, "application/json"), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        Assert.StartsWith("[", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("from_date=2025-06-08&to_date=2025-06-16", "to_date cannot be later than today")]
    [InlineData("from_date=2025-06-08&to_date=2025-06-09&where=(", "Error in where: expected a value, found the end (at character 2)")]
    public async Task Refuses_an_export_that_can_not_be(string query, string error)
    {
        using var answer = await app.GetAsync(QueryApp.MixpanelSecret, "/api/2.0/export", Pairs(query));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(error, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("error").GetString());
    }

    [Fact]
    public async Task An_empty_export_is_an_empty_body()
    {
        using var answer = await app.GetAsync(QueryApp.MixpanelSecret, "/api/2.0/export", Pairs("from_date=2024-06-08&to_date=2024-06-09"));
        Assert.Equal((HttpStatusCode.OK, ""), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    /// <summary>Pairs of a query that is not encoded; a value may hold any character but &amp;.</summary>
    static (string, string)[] Pairs(string query) =>
        [.. query.Split('&').Select(pair => (pair[..pair.IndexOf('=', StringComparison.Ordinal)], pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..]))];
}
