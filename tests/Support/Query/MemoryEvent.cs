using System.Text;
using System.Text.Json;
using Cairn.Model;

namespace Cairn.Support.Query;

/// <summary>One event of a test, before it is a row.</summary>
/// <param name="Properties">A JSON object.</param>
public sealed record MemoryEvent(string Name, DateTimeOffset Time, string? DistinctId, string Properties = "{}")
{
    public Dialect Dialect { get; init; } = Dialect.Mixpanel;

    public string? DeviceId { get; init; }

    public string? UserId { get; init; }

    public string? InsertId { get; init; }

    public string? SessionId { get; init; }

    /// <summary>A JSON object: the event's groups by their key.</summary>
    public string? Groups { get; init; }

    public bool SkipsProfile { get; init; }

    public DateTimeOffset? ReceivedAt { get; init; }

    public JsonElement PropertiesElement => JsonDocument.Parse(Properties).RootElement.Clone();

    /// <summary>As the door would hand it on.</summary>
    public Item ToItem(int request, int index) => new()
    {
        Kind = ItemKind.Event,
        SkipsProfile = SkipsProfile,
        Dialect = Dialect,
        Id = new(1, (uint)request, index),
        Name = Encoding.UTF8.GetBytes(Name),
        DistinctId = Bytes(DistinctId),
        DeviceId = Bytes(DeviceId),
        UserId = Bytes(UserId),
        InsertId = Bytes(InsertId),
        SessionId = Bytes(SessionId),
        TimeMs = Time.ToUnixTimeMilliseconds(),
        ReceivedAtMs = (ReceivedAt ?? Time).ToUnixTimeMilliseconds(),
        Body = Encoding.UTF8.GetBytes(Properties),
        Groups = Bytes(Groups),
    };

    static ReadOnlyMemory<byte> Bytes(string? text) => text is null ? default : Encoding.UTF8.GetBytes(text);
}
