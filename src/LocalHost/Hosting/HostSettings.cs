using System.Text.Json;

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
        };
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
