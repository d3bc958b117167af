using System.Text;
using System.Text.Json;

namespace Cairn.Support;

/// <summary>One request that a real SDK sent, as recorded in tests/Golden/captures (README.md there describes the fields).</summary>
public sealed class Capture
{
    /// <summary>The clock of every recording at its scenario's first request, but for amplitude-browser.diagnostics.</summary>
    public static readonly DateTimeOffset ScenarioStart = new(2025, 6, 15, 12, 0, 0, TimeSpan.Zero);

    readonly JsonElement record;

    Capture(string file, int number, JsonElement record)
    {
        File = file;
        Number = number;
        this.record = record;
    }

    /// <summary>The file's name without ".json": "mixpanel-browser.defaults".</summary>
    public string File { get; }

    /// <summary>The record's place in its file, from 1.</summary>
    public int Number { get; }

    public string Name => Text("name") ?? "";
    public string Sdk => Text("sdk") ?? "";
    public string Method => Text("method") ?? "GET";
    public string Path => Text("path") ?? "/";

    /// <summary>Milliseconds from the scenario's first request to this one.</summary>
    public long AtMs => record.TryGetProperty("atMs", out var at) ? at.GetInt64() : 0;

    /// <summary>When the recorder got it; a test sets its clock here.</summary>
    public DateTimeOffset At => ScenarioStart.AddMilliseconds(AtMs);

    /// <summary>Percent-decoded; several values of one name in order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Query =>
        record.TryGetProperty("query", out var query)
            ? [.. query.EnumerateObject().SelectMany(pair => pair.Value.ValueKind == JsonValueKind.Array
                ? pair.Value.EnumerateArray().Select(value => KeyValuePair.Create(pair.Name, value.ToString()))
                : [KeyValuePair.Create(pair.Name, pair.Value.ToString())])]
            : [];

    /// <summary>The query as it goes into a URL, with its question mark; empty where there is none.</summary>
    public string QueryString => Query.Count == 0
        ? ""
        : "?" + string.Join('&', Query.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"));

    /// <summary>Names in lower case.</summary>
    public IReadOnlyDictionary<string, string> Headers =>
        record.TryGetProperty("headers", out var headers)
            ? headers.EnumerateObject().ToDictionary(header => header.Name, header => header.Value.ToString())
            : [];

    /// <summary>The raw bytes as they went over the wire.</summary>
    public byte[] Body => Text("bodyEncoding") switch
    {
        "utf8" => Encoding.UTF8.GetBytes(Text("bodyText") ?? ""),
        "base64" => Convert.FromBase64String(Text("bodyBase64") ?? ""),
        _ => [],
    };

    /// <summary>What the body, or the query's data, unwraps to; null where the record has none.</summary>
    public JsonElement? Decoded => record.TryGetProperty("decoded", out var decoded) && decoded.ValueKind != JsonValueKind.Null ? decoded : null;

    /// <summary>What the recorder answered and the SDK took as success; null for query endpoints.</summary>
    public int? ExpectedStatus =>
        record.TryGetProperty("expectedStatus", out var status) && status.ValueKind == JsonValueKind.Number ? status.GetInt32() : null;

    /// <summary>The body that went with it: a text as it is, JSON as JSON; undefined where there is none.</summary>
    public JsonElement? ExpectedResponse => record.TryGetProperty("expectedResponse", out var response) ? response : null;

    public override string ToString() => $"{File} {Number}";

    /// <summary>A field of the record that has no property here.</summary>
    public JsonElement? Field(string name) => record.TryGetProperty(name, out var field) ? field : null;

    /// <summary>All records of all files whose name begins so, in order.</summary>
    public static IReadOnlyList<Capture> All(string filePrefix) =>
        [.. Directory.EnumerateFiles(RepositoryFolder.Of("tests", "Golden", "captures"), filePrefix + "*.json")
            .Where(path => System.IO.Path.GetFileName(path) != "error-behaviour.json")
            .Order(StringComparer.Ordinal)
            .SelectMany(path => Of(System.IO.Path.GetFileNameWithoutExtension(path)))];

    /// <summary>All records of one file, in order.</summary>
    public static IReadOnlyList<Capture> Of(string file)
    {
        using var document = JsonDocument.Parse(
            System.IO.File.ReadAllBytes(RepositoryFolder.Of("tests", "Golden", "captures", file + ".json")));
        return [.. document.RootElement.Clone().EnumerateArray().Select((record, index) => new Capture(file, index + 1, record))];
    }

    /// <summary>One record: "mixpanel-browser.defaults", 2.</summary>
    public static Capture Of(string file, int number) => Of(file)[number - 1];

    string? Text(string name) =>
        record.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
