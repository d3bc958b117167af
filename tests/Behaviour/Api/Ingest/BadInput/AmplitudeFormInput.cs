using System.Security.Cryptography;
using System.Text;
using Cairn.Support.Ingest;
using Microsoft.AspNetCore.Http;

namespace Cairn.Behaviour.Api.Ingest.BadInput;

/// <summary>Makes the requests of docs/wire/bad-input.md for the endpoints that take one JSON text in a form.</summary>
static class AmplitudeFormInput
{
    public static readonly string[] Endpoints = ["/identify", "/groupidentify", "/attribution", "/usermap", "/httpapi", "/"];

    public static HttpRequest Make(string endpoint, string input)
    {
        var good = Good(endpoint);
        var json = $"[{good},{Bad(endpoint, input)},{good}]";
        return input switch
        {
            "no body" => Sent.Form(endpoint),
            "no token" => Sent.Form(endpoint, (Field(endpoint), json)),
            "unknown token" => Sent.Form(endpoint, (Key(endpoint), "nobody"), (Field(endpoint), json)),
            "no data" => Sent.Form(endpoint, (Key(endpoint), AmplitudeServer.ApiKey)),
            "malformed JSON" => With(endpoint, "[{"),
            "text behind the JSON" => With(endpoint, json + "x"),
            "10,000 items" => With(endpoint, $"[{string.Join(',', Enumerable.Repeat(good, 10_000))}]"),
            "invalid UTF-8" => Sent.Body(endpoint, Encoding.ASCII.GetBytes($"{Key(endpoint)}={AmplitudeServer.ApiKey}&{Field(endpoint)}=%5B%22%C3%28%22%5D"), "application/x-www-form-urlencoded"),
            "truncated gzip" => Sent.Body(endpoint, Sent.Gzip(Encoding.UTF8.GetBytes(json))[..^12], "application/x-www-form-urlencoded"),
            "gzip that inflates past the limit" => Sent.Body(endpoint, Sent.Gzip(new byte[8 * 1024 * 1024]), "application/x-www-form-urlencoded"),
            "a body over the limit" => With(endpoint, json + new string(' ', 2 * 1024 * 1024)),
            "a body slower than a minute" => VendorBadInput.Slow(endpoint),
            "a broken chunk header" => VendorBadInput.Broken(Sent.Json(endpoint, "")),
            "a wrong checksum" => Sent.Form(endpoint, (Key(endpoint), AmplitudeServer.ApiKey), ("e", json), ("checksum", new string('0', 32))),
            "a right checksum" => Sent.Form(endpoint, (Key(endpoint), AmplitudeServer.ApiKey), ("e", json), ("v", "2"), ("upload_time", "1749988800000"), ("checksum", Md5($"2{AmplitudeServer.ApiKey}{json}1749988800000"))),
            _ => With(endpoint, json),
        };
    }

    static HttpRequest With(string endpoint, string json) => Sent.Form(endpoint, (Key(endpoint), AmplitudeServer.ApiKey), (Field(endpoint), json));

    static string Key(string endpoint) => endpoint == "/" ? "client" : "api_key";

    static string Field(string endpoint) => endpoint switch
    {
        "/" => "e",
        "/httpapi" or "/attribution" => "event",
        "/usermap" => "mapping",
        _ => "identification",
    };

    static string Good(string endpoint) => endpoint switch
    {
        "/groupidentify" => """{"group_type":"org","group_value":"acme","group_properties":{"a":1}}""",
        "/usermap" => """{"user_id":"ann-cap","global_user_id":"ann-all"}""",
        "/identify" => """{"user_id":"ann-cap","user_properties":{"a":1}}""",
        "/attribution" => """{"event_type":"[YourCompany] Install","idfa":"AEBE52E7-03EE-455A-B3C4-E57283966239","platform":"ios"}""",
        _ => """{"event_type":"A","user_id":"ann-cap","event_properties":{"a":1}}""",
    };

    static string Bad(string endpoint, string input)
    {
        var good = Good(endpoint);
        return input switch
        {
            "an element that is a number" => "7",
            "missing event name" => Without(good, "event_type"),
            "no id" => Without(Without(good, "user_id"), "idfa"),
            "no group type" => Without(good, "group_type"),
            "no group value" => Without(good, "group_value"),
            "no global id" => Without(good, "global_user_id"),
            "an over-long id" => good.Replace("ann-cap", new string('x', 1025), StringComparison.Ordinal),
            "an over-long name" => good.Replace("\"A\"", $"\"{new string('x', 1025)}\"", StringComparison.Ordinal),
            "an id of two characters" => good.Replace("ann-cap", "me", StringComparison.Ordinal),
            "an id that stands for nobody" => good.Replace("ann-cap", "undefined", StringComparison.Ordinal),
            "properties that are a text" => good.Replace("{\"a\":1}", "\"text\"", StringComparison.Ordinal),
            "properties nested 1,000 deep" => good.Replace("{\"a\":1}", $"{string.Concat(Enumerable.Repeat("{\"a\":", 1000))}1{new string('}', 1000)}", StringComparison.Ordinal),
            "10,000 properties" => good.Replace("{\"a\":1}", $"{{{string.Join(',', Enumerable.Range(0, 10_000).Select(i => $"\"p{i}\":{i}"))}}}", StringComparison.Ordinal),
            "NaN" => good.Replace("{\"a\":1}", "{\"a\":NaN}", StringComparison.Ordinal),
            "a huge number as time" => good.Replace("\"user_id\"", $"\"{(endpoint == "/" ? "timestamp" : "time")}\":1e999,\"user_id\"", StringComparison.Ordinal),
            _ => good,
        };
    }

    static string Without(string record, string name) =>
        System.Text.RegularExpressions.Regex.Replace(record, $"\"{name}\":\"[^\"]*\",?", "").Replace(",}", "}", StringComparison.Ordinal);

    static string Md5(string text)
    {
#pragma warning disable CA5351 // The client's checksum is an MD5.
        return Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5351
    }
}
