using System.IO.Compression;
using System.Text;
using Cairn.Support.Ingest;
using Microsoft.AspNetCore.Http;

namespace Cairn.Behaviour.Api.Ingest.BadInput;

/// <summary>Makes the requests of Mixpanel's rows of docs/wire/bad-input.md.</summary>
static class MixpanelBadInput
{
    /// <summary>The request of a row, with the credentials it calls for.</summary>
    /// <param name="wait">Lets time pass, for a body that takes its time.</param>
    public static HttpRequest Make(string endpoint, string input, Action<TimeSpan> wait)
    {
        var request = Plain(endpoint, input);
        if (input == "no credentials") request.Headers.Authorization = default;
        else if (input == "wrong credentials") request.Headers.Authorization = MixpanelServer.Basic("wrong", "");
        else request.Headers.Authorization = MixpanelServer.Basic(MixpanelServer.Secret, "");
        if (input == "a body slower than a minute") request.Body = new Dripping(() => wait(TimeSpan.FromSeconds(10)));
        return input == "a broken chunk header" ? VendorBadInput.Broken(request) : request;
    }

    static HttpRequest Plain(string endpoint, string input)
    {
        var path = endpoint.Split('?')[0];
        var bytes = input switch
        {
            "no body" => [],
            "malformed JSON" => Utf8($"[{Good(path)},{{"),
            "text behind the JSON" => Utf8($"[{Good(path)}] x"),
            "neither JSON nor base64" => Utf8("data=!!!"),
            "base64 of something else" => Utf8("data=aGVsbG8gd29ybGQ="),
            "truncated gzip" => Sent.Gzip(Utf8($"[{Good(path)}]"))[..^12],
            "gzip that inflates past the limit" => Bomb(),
            "a body over the limit" => Utf8($"[{Good(path)}]".PadRight(10 * 1024 * 1024 + 1)),
            "10,000 items" => Utf8($"[{string.Join(',', Enumerable.Repeat(Good(path), 10_000))}]"),
            "a body slower than a minute" or "a broken chunk header" => Utf8("["),
            "invalid UTF-8" => Encoding.Latin1.GetBytes($"[{Good(path)},{With(path, "\"p\":\"a\u00FFb\"")},{Good(path)}]"),
            _ => Utf8($"[{Good(path)},{Bad(path, input)},{Good(path)}]"),
        };
        return MixpanelServer.Request(endpoint, bytes, input == "wrong content type" ? "image/png" : "application/json");
    }

    static string Bad(string path, string input) => input switch
    {
        "nothing wrong" or "wrong content type" or "no credentials" or "wrong credentials" => Good(path),
        "an element that is a number" => "7",
        "NaN" => With(path, "\"p\":NaN"),
        "a huge number" => With(path, "\"p\":1e999"),
        "half an emoji" => With(path, "\"p\":\"\\ud83d\""),
        "an over-long value" => With(path, $"\"p\":\"{new string('v', 100_000)}\""),
        "properties nested 1,000 deep" => With(path, $"\"p\":{string.Concat(Enumerable.Repeat("{\"a\":", 1000))}1{new string('}', 1000)}"),
        "10,000 properties" => With(path, string.Join(',', Enumerable.Range(0, 10_000).Select(number => $"\"p{number}\":1"))),
        "300 properties" => With(path, string.Join(',', Enumerable.Range(0, 300).Select(number => $"\"p{number}\":1"))),
        "a record over 1 MB" => With(path, string.Join(',', Enumerable.Range(0, 200).Select(number => $"\"p{number}\":\"{new string('v', 6000)}\""))),
        "a property's name over 255 characters" => With(path, $"\"{new string('n', 2000)}\":1"),
        "no token" => Without(Good(path), "token"),
        "unknown token" => Good(path).Replace(MixpanelServer.Token, "nobody", StringComparison.Ordinal),
        "missing event name" => Without(Good(path), "event"),
        "an event name that is a number" => Good(path).Replace("\"event\":\"a\"", "\"event\":5", StringComparison.Ordinal),
        "an over-long name" => Good(path).Replace("\"event\":\"a\"", $"\"event\":\"{new string('n', 300)}\"", StringComparison.Ordinal),
        "no properties" => """{"event":"a"}""",
        "properties that are a text" => """{"event":"a","properties":"x"}""",
        "no id" => Without(Without(Good(path), "distinct_id"), "group_id"),
        "an over-long id" => Good(path).Replace("\"d\"", $"\"{new string('d', 5000)}\"", StringComparison.Ordinal),
        "an id that stands for nobody" => Good(path).Replace("\"d\"", "\"undefined\"", StringComparison.Ordinal),
        "no time" => Without(Good(path), "time"),
        "a time that is a date" => Timed(path, "\"2025-06-15T12:00:00Z\""),
        "a huge number as time" => Timed(path, "1e300"),
        "a time in year 1" => Timed(path, "-62135596800"),
        "a time in year 9999" => Timed(path, "253402300799000"),
        "no insert id" => Without(Good(path), "$insert_id"),
        "an insert id with other characters" => Good(path).Replace("\"i-1\"", "\"i_1\"", StringComparison.Ordinal),
        "an identity event" => Good(path).Replace("\"event\":\"a\"", "\"event\":\"$identify\"", StringComparison.Ordinal),
        "a record that asks to be ignored" => With(path, "\"$ignore\":true"),
        "a suppressed person" => Good(path).Replace("\"d\"", $"\"{BadInputServer.SuppressedId}\"", StringComparison.Ordinal),
        "a blocked event" => Good(path).Replace("\"event\":\"a\"", $"\"event\":\"{BadInputServer.BlockedName}\"", StringComparison.Ordinal),
        "no group key" => Without(Good(path), "group_key"),
        "an unknown operation" => Good(path).Replace("\"$set\"", "\"$invent\"", StringComparison.Ordinal),
        "an operation on a list" => Good(path).Replace("\"$set\":{}", "\"$set\":[1]", StringComparison.Ordinal),
        "adding a text" => Good(path).Replace("\"$set\":{}", "\"$add\":{\"n\":\"5\"}", StringComparison.Ordinal),
        _ => throw new ArgumentException($"the page has an input that the test can't make: {input}"),
    };

    static string Good(string path) => path switch
    {
        "/engage" => "{\"$token\":\"" + MixpanelServer.Token + "\",\"$distinct_id\":\"d\",\"$set\":{}}",
        "/groups" => "{\"$token\":\"" + MixpanelServer.Token + "\",\"$group_key\":\"k\",\"$group_id\":\"d\",\"$set\":{}}",
        _ => "{\"event\":\"a\",\"properties\":{\"token\":\"" + MixpanelServer.Token + "\",\"time\":1749988800,\"distinct_id\":\"d\",\"$insert_id\":\"i-1\"}}",
    };

    /// <summary>A good record with one more property.</summary>
    static string With(string path, string property) => path is "/engage" or "/groups"
        ? Good(path).Replace("\"$set\":{}", $"\"$set\":{{{property}}}", StringComparison.Ordinal)
        : Good(path).Replace("\"$insert_id\":\"i-1\"", $"\"$insert_id\":\"i-1\",{property}", StringComparison.Ordinal);

    static string Without(string record, string name) =>
        System.Text.RegularExpressions.Regex.Replace(record, $"\"\\$?{System.Text.RegularExpressions.Regex.Escape(name.TrimStart('$'))}\":[^,}}]*,?", "").Replace(",}", "}", StringComparison.Ordinal);

    static string Timed(string path, string time) => path is "/engage" or "/groups"
        ? Good(path).Replace("\"$set\"", $"\"$time\":{time},\"$set\"", StringComparison.Ordinal)
        : Good(path).Replace("1749988800", time, StringComparison.Ordinal);

    static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>64 MB of spaces in some 64 KB.</summary>
    static byte[] Bomb()
    {
        using var file = new MemoryStream();
        using (var gzip = new GZipStream(file, CompressionLevel.Optimal))
            for (var i = 0; i < 64; i++) gzip.Write(Encoding.ASCII.GetBytes(new string(' ', 1024 * 1024)));
        return file.ToArray();
    }

    sealed class Dripping(Action wait) : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            wait();
            buffer.Span[0] = (byte)' ';
            return new(1);
        }
    }
}
