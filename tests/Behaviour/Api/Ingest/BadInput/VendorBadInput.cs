using System.Text;
using Cairn.Support.Ingest;
using Microsoft.AspNetCore.Http;

namespace Cairn.Behaviour.Api.Ingest.BadInput;

/// <summary>Makes the requests of Amplitude's and Segment's rows of docs/wire/bad-input.md.</summary>
static class VendorBadInput
{
    public static HttpRequest Make(string endpoint, string input)
    {
        if (AmplitudeFormInput.Endpoints.Contains(endpoint)) return AmplitudeFormInput.Make(endpoint, input);
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
            "a broken chunk header" => Broken(Sent.Json(endpoint, "")),
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

    static byte[] Broken(string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        bytes[Encoding.UTF8.GetByteCount(json[..json.IndexOf("\"a\":1", StringComparison.Ordinal)]) + 1] = 0xC3;
        return bytes;
    }

    public static HttpRequest Slow(string endpoint)
    {
        var request = Sent.Json(endpoint, "");
        request.ContentLength = 100;
        request.Body = new NeverEnding();
        return request;
    }

    /// <summary>The request with a body as Kestrel gives it where a chunk's length is no number.</summary>
    public static HttpRequest Broken(HttpRequest request)
    {
        request.Body = new BadChunk();
        return request;
    }

    static string Long(int chars) => new('x', chars);

    sealed class BadChunk : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.FromException<int>(new BadHttpRequestException("Bad chunk size data.", StatusCodes.Status400BadRequest));
    }

    sealed class NeverEnding : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
    }
}
