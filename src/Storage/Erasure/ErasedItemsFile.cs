using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using Cairn.Model;
using Cairn.Model.Identity;

namespace Cairn.Storage.Erasure;

/// <summary>The bytes of <c>erased/{project}.json</c>: what must not come back. What for: docs/operations/privacy.md.</summary>
/// <remarks>
/// <code>
/// {"version": 1, "mode": "Simplified", "salt": base64, "requests": 3,
///  "ids": [{"hash": 32 hexadecimal digits, "up_to_ms": …, "is_whole": true, "turns": [[from ms, "from item", before ms, "before item"], …]}, …],
///  "keys": base64 of 16 bytes each: hash, erased until Unix milliseconds (big-endian),
///  "searches": {"erasure": ["id", …]}}      only while its rows may still stand in files
/// </code>
/// </remarks>
static class ErasedItemsFile
{
    const int Version = 1;

    static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static byte[] Write(ErasedItems items)
    {
        var keys = new byte[items.Keys.Count * 16];
        foreach (var (index, key) in items.Keys.OrderBy(key => key.Key).Index())
        {
            BinaryPrimitives.WriteInt64BigEndian(keys.AsSpan(index * 16), key.Key);
            BinaryPrimitives.WriteInt64BigEndian(keys.AsSpan((index * 16) + 8), key.Value);
        }
        return JsonSerializer.SerializeToUtf8Bytes(
            new Body(
                Version, items.Mode.ToString(), items.Salt, items.Requests,
                [.. items.Ids.OrderBy(id => id.Key).Select(id => new IdBody(id.Key.ToString("x32", CultureInfo.InvariantCulture), id.Value.UpToMs, id.Value.IsWhole, [.. id.Value.Turns.Select(Turn)]))],
                keys, items.Searches.ToDictionary(search => search.Key, search => search.Value, StringComparer.Ordinal)),
            Json);
    }

    /// <exception cref="InvalidDataException">It is torn, altered or of another version.</exception>
    public static ErasedItems Read(string name, ReadOnlySpan<byte> bytes)
    {
        try
        {
            if (JsonSerializer.Deserialize<Body>(bytes, Json) is not { Version: Version } body) throw new InvalidDataException($"{name} is of no version that is read here");
            var keys = new Dictionary<long, long>();
            for (var at = 0; at + 16 <= body.Keys.Length; at += 16) keys[BinaryPrimitives.ReadInt64BigEndian(body.Keys.AsSpan(at))] = BinaryPrimitives.ReadInt64BigEndian(body.Keys.AsSpan(at + 8));
            var ids = body.Ids.ToDictionary(
                id => UInt128.Parse(id.Hash, NumberStyles.HexNumber, CultureInfo.InvariantCulture), id => new ErasedId(id.UpToMs, id.IsWhole, [.. id.Turns.Select(Turn)]));
            return new(Enum.Parse<IdentityMode>(body.Mode), body.Salt, body.Requests, ids, keys, body.Searches);
        }
        catch (Exception fault) when (fault is JsonException or FormatException or ArgumentException or InvalidOperationException)
        {
            throw new InvalidDataException($"{name} is torn or altered: {fault.Message}", fault);
        }
    }

    static JsonElement[] Turn(ErasedTurn turn) =>
    [
        JsonSerializer.SerializeToElement(turn.From.ReceivedAtMs), JsonSerializer.SerializeToElement(turn.From.Item.ToString()),
        JsonSerializer.SerializeToElement(turn.Before.ReceivedAtMs), JsonSerializer.SerializeToElement(turn.Before.Item.ToString()),
    ];

    static ErasedTurn Turn(JsonElement[] turn) => new(Order(turn[0], turn[1]), Order(turn[2], turn[3]));

    static ReceiptOrder Order(JsonElement ms, JsonElement item) =>
        ItemId.TryParse(System.Text.Encoding.UTF8.GetBytes(item.GetString()!), out var id) ? new(ms.GetInt64(), id) : throw new FormatException($"'{item}' is no item id");

    sealed record Body(int Version, string Mode, byte[] Salt, int Requests, IdBody[] Ids, byte[] Keys, Dictionary<string, string[]> Searches);

    sealed record IdBody(string Hash, long UpToMs, bool IsWhole, JsonElement[][] Turns);
}
