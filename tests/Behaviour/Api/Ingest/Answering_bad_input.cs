using System.Globalization;
using System.Reflection;
using System.Text;
using Cairn.Functions;
using Cairn.Support;
using Cairn.Support.Ingest;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Xunit;

namespace Cairn.Behaviour.Api.Ingest;

/// <summary>The rows of docs/wire/bad-input.md for Amplitude's and Segment's endpoints, sent through the real stages.</summary>
public class Answering_bad_input
{
    static readonly string[] Endpoints = ["/2/httpapi", "/batch", "/identify", "/v1/batch"];

    public static TheoryData<string, string, int, string, int> Rows()
    {
        var data = new TheoryData<string, string, int, string, int>();
        foreach (var row in DocTable.Rows("docs/wire/bad-input.md", "| endpoint | input | status | the answer holds | stored |"))
            if (Endpoints.Contains(row[0])) data.Add(row[0], row[1], Number(row[2]), row[3], Number(row[4]));
        return data;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task As_the_page_says(string endpoint, string input, int status, string text, int stored)
    {
        if (input == "wrong method")
        {
            // Routing answers 404 for a method that no function has.
            Assert.DoesNotContain("put", MethodsOf(endpoint));
            Assert.DoesNotContain("get", MethodsOf(endpoint));
            return;
        }
        var isSegment = endpoint == "/v1/batch";
        StagedDoor door = null!;
        var amplitude = new AmplitudeServer((projects, time) => door = new(projects, time));
        var segment = isSegment ? new SegmentServer((projects, time) => door = new(projects, time)) : null;
        var clock = segment?.Clock ?? amplitude.Clock;
        var request = BadInput.Make(endpoint, input);

        var answering = segment?.SendAsync(request) ?? amplitude.SendAsync(request);
        if (input == "a body slower than a minute") clock.Advance(TimeSpan.FromSeconds(66));
        var answer = await answering;

        Assert.True(status == answer.Status, $"{answer.Status} {answer.Text}");
        Assert.Contains(text, answer.Text, StringComparison.Ordinal);
        Assert.Equal(stored, door.StoredCount);
    }

    [Fact]
    public void Every_input_of_the_page_is_one_that_the_tests_make() =>
        Assert.All(Rows(), row => Assert.True((string)row[1] == "wrong method" || BadInput.Make((string)row[0], (string)row[1]) is not null));

    static string[] MethodsOf(string endpoint)
    {
        var route = endpoint == "/v1/batch" ? "v1/{call}" : endpoint[1..];
        return typeof(AmplitudeIngest).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods())
            .SelectMany(method => method.GetParameters())
            .Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>())
            .Single(trigger => trigger?.Route == route)!.Methods!;
    }

    static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>Makes the requests of the page's rows.</summary>
static class BadInput
{
    public static HttpRequest Make(string endpoint, string input)
    {
        if (endpoint == "/identify") return MakeForm(input);
        var isSegment = endpoint == "/v1/batch";
        var bad = isSegment ? Message(input) : Event(input);
        var json = isSegment
            ? Body($"\"writeKey\":\"{SegmentServer.WriteKey}\"", "batch", GoodMessage, bad)
            : Body($"\"api_key\":\"{AmplitudeServer.ApiKey}\"", "events", GoodEvent, bad);
        return input switch
        {
            "no body" => Sent.Json(endpoint, ""),
            "malformed JSON" => Sent.Json(endpoint, json[..^2]),
            "text behind the JSON" => Sent.Json(endpoint, json + "x"),
            "a list instead of an object" => Sent.Json(endpoint, $"[{json}]"),
            "invalid UTF-8" => Sent.Body(endpoint, Broken(json), "application/json"),
            "truncated gzip" => Sent.Body(endpoint, Sent.Gzip(Encoding.UTF8.GetBytes(json))[..^12], "application/json"),
            "gzip that inflates past the limit" => Sent.Body(endpoint, Sent.Gzip(new byte[8 * 1024 * 1024]), "application/json"),
            "a body over the limit" => Sent.Body(endpoint, Encoding.UTF8.GetBytes(json + new string(' ', 5 * 1024 * 1024)), "application/json"),
            "10,000 items" => Sent.Json(endpoint, json.Replace(bad, string.Join(',', Enumerable.Repeat(isSegment ? """{"type":"track","event":"A","userId":"ann-cap"}""" : """{"event_type":"A","user_id":"ann-cap"}""", 10_000)), StringComparison.Ordinal)),
            "a body slower than a minute" => Slow(endpoint),
            "wrong content type" => Sent.Body(endpoint, Encoding.UTF8.GetBytes(json), "image/png"),
            "no token" => Sent.Json(endpoint, json.Replace(isSegment ? "writeKey" : "api_key", "other", StringComparison.Ordinal)),
            "unknown token" => Sent.Json(endpoint, json.Replace(isSegment ? SegmentServer.WriteKey : AmplitudeServer.ApiKey, "nobody", StringComparison.Ordinal)),
            "the events under PostHog's name" => Sent.Json(endpoint, json.Replace("\"events\"", "\"batch\"", StringComparison.Ordinal)),
            _ => Sent.Json(endpoint, json),
        };
    }

    const string GoodEvent = """{"event_type":"A","user_id":"ann-cap","insert_id":"i-1"}""";
    const string GoodMessage = """{"type":"track","event":"A","userId":"ann-cap","messageId":"m-1"}""";

    static string Body(string key, string list, string good, string bad) => $$"""{{{key}},"{{list}}":[{{good}},{{bad}},{{good}}]}""";

    // The second event, by what is wrong with it; what is wrong with the request as a whole leaves it good.
    static string Event(string input) => input switch
    {
        "missing event name" => """{"user_id":"ann-cap"}""",
        "an over-long name" => $$"""{"user_id":"ann-cap","event_type":"{{Long(1025)}}"}""",
        "an over-long id" => $$"""{"event_type":"A","user_id":"{{Long(1025)}}"}""",
        "no id" => """{"event_type":"A"}""",
        "an id that stands for nobody" => """{"event_type":"A","user_id":"undefined"}""",
        "an id of two characters" => """{"event_type":"A","user_id":"me"}""",
        "an element that is a number" => "7",
        _ => $$"""{"event_type":"A","user_id":"ann-cap",{{Member(input, "time", "event_properties")}}}""",
    };

    static string Message(string input) => input switch
    {
        "missing event name" => """{"type":"track","userId":"ann-cap"}""",
        "an over-long name" => $$"""{"type":"track","userId":"ann-cap","event":"{{Long(1025)}}"}""",
        "an over-long id" => $$"""{"type":"track","event":"A","userId":"{{Long(1025)}}"}""",
        "no id" => """{"type":"track","event":"A"}""",
        "an element that is a number" => "7",
        _ => $$"""{"type":"track","event":"A","userId":"ann-cap",{{Member(input, "timestamp", "properties")}}}""",
    };

    static string Member(string input, string time, string properties) => input switch
    {
        "NaN" => $$"""  "{{properties}}":{"n":NaN}""",
        "a huge number" => $$"""  "{{properties}}":{"n":1e999,"m":123456789012345678901234567890}""",
        "a huge number as time" => $"\"{time}\":1e999",
        "a time in year 1" => $"\"{time}\":\"0001-01-01T00:00:00Z\"",
        "a time in year 9999" => $"\"{time}\":\"9999-12-31T23:59:59Z\"",
        "properties nested 1,000 deep" => $"\"{properties}\":{string.Concat(Enumerable.Repeat("{\"a\":", 1000))}1{new string('}', 1000)}",
        "properties that are a text" => $"\"{properties}\":\"text\"",
        "10,000 properties" => $"\"{properties}\":{{{string.Join(',', Enumerable.Range(0, 10_000).Select(i => $"\"p{i}\":{i}"))}}}",
        "an over-long value" => $$"""  "{{properties}}":{"text":"{{Long(100_000)}}"}""",
        "half an emoji" => $$"""  "{{properties}}":{"text":"\ud83d"}""",
        _ => $$"""  "{{properties}}":{"a":1}""",
    };

    static HttpRequest MakeForm(string input) => input switch
    {
        "no token" => Sent.Form("/identify", ("identification", "[]")),
        "unknown token" => Sent.Form("/identify", ("api_key", "nobody"), ("identification", "[]")),
        "no body" => Sent.Form("/identify"),
        "malformed JSON" => Sent.Form("/identify", ("api_key", AmplitudeServer.ApiKey), ("identification", "[{")),
        "no id" => Sent.Form("/identify", ("api_key", AmplitudeServer.ApiKey), ("identification", """{"user_properties":{"a":1}}""")),
        _ => throw new ArgumentException($"no such input: {input}"),
    };

    static byte[] Broken(string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        bytes[Encoding.UTF8.GetByteCount(json[..json.IndexOf("\"a\":1", StringComparison.Ordinal)]) + 1] = 0xC3;
        return bytes;
    }

    static HttpRequest Slow(string endpoint)
    {
        var request = Sent.Json(endpoint, "");
        request.ContentLength = 100;
        request.Body = new NeverEnding();
        return request;
    }

    static string Long(int chars) => new('x', chars);

    sealed class NeverEnding : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
    }
}
