using System.Globalization;
using System.Text.Json;
using Cairn.LocalHost.EventHubs;

namespace Cairn.LocalHost.Hosting;

/// <summary>What host.json says, with the Functions host's defaults.</summary>
/// <remarks>Source: Microsoft Learn, "host.json reference for Azure Functions 2.x and later" and "Azure Event Hubs trigger and bindings".</remarks>
sealed record HostSettings
{
    static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>What stands before every route; "api" where host.json says nothing.</summary>
    public string RoutePrefix { get; private init; } = "api";

    /// <summary>Least level by log category, "default" for all others.</summary>
    public IReadOnlyDictionary<string, string> LogLevels { get; private init; } = new Dictionary<string, string>();

    /// <summary>Of Event Hub triggers.</summary>
    public EventHubSettings EventHubs { get; private init; } = new();

    /// <summary>Reads host.json's text.</summary>
    /// <exception cref="InvalidDataException">It is no version 2.0 host.json, or a value is out of range.</exception>
    public static HostSettings Parse(string json)
    {
        using var document = JsonDocument.Parse(json, Lenient);
        var root = document.RootElement;
        if (Text(root, "version") is not "2.0") throw new InvalidDataException("host.json: \"version\" must be \"2.0\"");
        return new HostSettings
        {
            RoutePrefix = (Text(root, "extensions", "http", "routePrefix") ?? "api").Trim('/'),
            LogLevels = Find(root, "logging", "logLevel") is { ValueKind: JsonValueKind.Object } levels
                ? levels.EnumerateObject().ToDictionary(level => level.Name, level => level.Value.GetString()!, StringComparer.OrdinalIgnoreCase)
                : new Dictionary<string, string>(),
            EventHubs = ReadEventHubs(root),
        };
    }

    static EventHubSettings ReadEventHubs(JsonElement root)
    {
        var defaults = new EventHubSettings();
        var read = new EventHubSettings
        {
            MaxEventBatchSize = (int)Number("maxEventBatchSize", defaults.MaxEventBatchSize, 1, 100_000),
            MinEventBatchSize = (int)Number("minEventBatchSize", defaults.MinEventBatchSize, 1, 100_000),
            MaxWaitTime = Text(root, "extensions", "eventHubs", "maxWaitTime") is { } wait ? TimeSpan.Parse(wait, CultureInfo.InvariantCulture) : defaults.MaxWaitTime,
            MaxBatchBytes = Number("prefetchSizeInBytes", defaults.MaxBatchBytes, 1, int.MaxValue),
        };
        if (read.MinEventBatchSize >= read.MaxEventBatchSize && read.MinEventBatchSize > 1)
            throw new InvalidDataException("host.json: minEventBatchSize must be less than maxEventBatchSize");
        if (read.MaxWaitTime <= TimeSpan.Zero || read.MaxWaitTime > TimeSpan.FromMinutes(10))
            throw new InvalidDataException("host.json: maxWaitTime is at most ten minutes");
        return read;

        long Number(string name, long otherwise, long least, long most) =>
            Text(root, "extensions", "eventHubs", name) is not { } text ? otherwise
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number
            : throw new InvalidDataException($"host.json: extensions.eventHubs.{name} is {text}; {least} to {most}");
    }

    static string? Text(JsonElement root, params string[] path) =>
        Find(root, path) is { ValueKind: not JsonValueKind.Null } found ? found.ToString() : null;

    static JsonElement? Find(JsonElement at, params string[] path)
    {
        foreach (var name in path)
        {
            if (at.ValueKind != JsonValueKind.Object) return null;
            var next = at.EnumerateObject().FirstOrDefault(property => property.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (next.Value.ValueKind == JsonValueKind.Undefined) return null;
            at = next.Value;
        }
        return at;
    }
}
