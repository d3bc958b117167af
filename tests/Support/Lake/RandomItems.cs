using System.Globalization;
using System.Text;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Support.Ingestion;

namespace Cairn.Support.Lake;

/// <summary>Items of every dialect, as many-sided as senders are: odd names and values, ids of all kinds, late ones, some without this and that.</summary>
public sealed class RandomItems(int seed)
{
    /// <summary>Names that a client may send and that engines stumble over.</summary>
    static readonly string[] Names =
        ["plan", "Plan", "PLAN", "Plan Type ($;=)", "Time", "event", "month", "", "a.b", "a`b", "\"q\"", "päth", "日本", "💥 emoji", "x,y;{z}()\n\t=", "'single'", "back\\slash", " lead", "null", "s.plan", "_empty", "rest"];

    static readonly string[] Values =
    [
        "\"a\"", "\"\"", "\"Ünï 💥\"", "\"line\\nbreak\"", "\"free\"", "\"pro\"", "1", "-2.5", "1e300", "0", "123456789012345", "1e999", "true", "false", "null", "[1,\"a\"]", "{\"a\":{\"b\":[]}}", "[]",
    ];

    readonly Random random = new(seed);
    int lastItem;

    public Random Random => random;

    /// <summary>An item received at <paramref name="receivedAtMs"/>; most happened lately, some weeks ago.</summary>
    public Item Next(ItemKind kind, long receivedAtMs)
    {
        var dialect = (Dialect)random.Next(1, 4);
        var timeMs = receivedAtMs - (random.Next(4) == 0 ? random.NextInt64(40L * 86_400_000) : random.Next(100_000));
        var item = new Item
        {
            Kind = kind,
            Dialect = dialect,
            Id = new((ulong)random.NextInt64(), (uint)random.Next(), ++lastItem),
            ReceivedAtMs = receivedAtMs,
            TimeMs = timeMs,
            SentTimeMs = random.Next(4) switch { 0 => 0, 1 => timeMs + random.Next(-5000, 5000), _ => timeMs },
            DistinctId = Maybe(0.9, $"u{random.Next(30)}"),
            DeviceId = Maybe(0.4, $"d{random.Next(20)}"),
            UserId = Maybe(0.4, $"u{random.Next(30)}"),
            InsertId = Maybe(0.7, $"insert-{random.Next(1_000_000)}"),
            Sdk = Maybe(0.5, "web/1.2"),
        };
        switch (kind)
        {
            case ItemKind.Event:
                item.Name = Batches.Utf8($"Event {random.Next(6)}");
                item.SessionId = Maybe(0.3, $"{random.Next(100)}");
                item.SkipsProfile = dialect == Dialect.Amplitude && random.Next(3) == 0;
                item.Body = Batches.Utf8(Object(random.Next(6)));
                item.Groups = random.Next(3) == 0 ? Batches.Utf8(random.Next(2) == 0 ? $$"""{"company":"c{{random.Next(5)}}"}""" : """{"company":["c1","c2"],"plan":"g"}""") : default;
                break;
            case ItemKind.ProfileUpdate:
                item.Body = Batches.Utf8($$"""{"set":{{Object(random.Next(1, 3))}}}""");
                break;
            case ItemKind.GroupUpdate:
                item.Name = Batches.Utf8("company");
                item.DistinctId = Batches.Utf8($"c{random.Next(8)}");
                item.Body = Batches.Utf8($$"""{"set":{{Object(random.Next(1, 3))}}}""");
                break;
            case ItemKind.LinkClaim:
                item.LinkRule = LinkRule.MixpanelDeviceAndUser;
                item.DistinctId = Batches.Utf8($"u{random.Next(30)}");
                item.OtherId = Batches.Utf8($"$device:d{random.Next(20)}");
                break;
        }
        return item;
    }

    string Object(int members)
    {
        var names = Enumerable.Range(0, members).Select(_ => Names[random.Next(Names.Length)]).Distinct(StringComparer.Ordinal);
        return "{" + string.Join(',', names.Select(name => $"{System.Text.Json.JsonSerializer.Serialize(name)}:{Values[random.Next(Values.Length)]}")) + "}";
    }

    ReadOnlyMemory<byte> Maybe(double share, string text) => random.NextDouble() < share ? Encoding.UTF8.GetBytes(text) : default;
}
