using System.Text.Json;
using Cairn.Model;

namespace Cairn.Support.Query;

/// <summary>One event row of a test, before it is cut into columns.</summary>
/// <param name="Properties">A JSON object.</param>
public sealed record MemoryEvent(string Name, DateTimeOffset Time, string? DistinctId, string Properties = "{}")
{
    public Dialect Dialect { get; init; } = Dialect.Mixpanel;

    public string? DeviceId { get; init; }

    public string? UserId { get; init; }

    public DateTimeOffset? ReceivedAt { get; init; }

    public JsonElement PropertiesElement => JsonDocument.Parse(Properties).RootElement.Clone();
}
