using System.Runtime.InteropServices;
using System.Text.Json;
using Cairn.Model;
using Cairn.Model.Identity;

namespace Cairn.Storage.Identity;

/// <summary>What a look-up row keeps of one id: the claims that name it, of each kind and pair the earliest.</summary>
/// <remarks>As JSON: <c>{"crowded": false, "claims": [[ms, "item", rule, "id", "other id"], …]}</c>.</remarks>
sealed class ClaimRow
{
    /// <summary>Claims kept in a row; an id with more is crowded, and its person is found by reading the rows.</summary>
    public const int MaxClaims = 500;

    readonly Dictionary<(LinkRule, string, string, ReceiptOrder), LinkClaim> claims = [];

    public IReadOnlyCollection<LinkClaim> Claims => claims.Values;

    /// <summary>Whether claims were left out.</summary>
    public bool IsCrowded { get; private set; }

    public bool HasChanged { get; private set; }

    public void Add(in LinkClaim claim)
    {
        // A decision counts by its place among others, so each is kept; of other claims the earliest says all.
        var isDecision = claim.Rule is LinkRule.ByHand or LinkRule.Undone or LinkRule.AmplitudeUserMap or LinkRule.AmplitudeUnmap;
        var key = (claim.Rule, claim.Id, claim.OtherId, isDecision ? claim.Order : default);
        if (claims.TryGetValue(key, out var known) ? known.Order <= claim.Order : IsCrowded) return;
        HasChanged = true;
        if (claims.Count < MaxClaims || claims.ContainsKey(key)) claims[key] = claim;
        else IsCrowded = true;
    }

    /// <summary>Takes claims out.</summary>
    /// <returns>How many.</returns>
    public int Remove(Predicate<LinkClaim> isGone)
    {
        var gone = claims.Where(claim => isGone(claim.Value)).Select(claim => claim.Key).ToList();
        foreach (var key in gone) claims.Remove(key);
        HasChanged |= gone.Count > 0;
        return gone.Count;
    }

    public static ClaimRow Read(ReadOnlyMemory<byte> json)
    {
        var row = new ClaimRow();
        if (json.IsEmpty) return row;
        using var document = JsonDocument.Parse(json);
        foreach (var claim in document.RootElement.GetProperty("claims"u8).EnumerateArray())
        {
            if (!ItemId.TryParse(JsonMarshal.GetRawUtf8Value(claim[1])[1..^1], out var item)) throw new InvalidDataException($"a claim row has the item id {claim[1]}");
            row.Add(new(new(claim[0].GetInt64(), item), (LinkRule)claim[2].GetByte(), claim[3].GetString()!, claim[4].GetString()!));
        }
        row.IsCrowded = document.RootElement.GetProperty("crowded"u8).GetBoolean();
        row.HasChanged = false;
        return row;
    }

    public byte[] Write()
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteBoolean("crowded"u8, IsCrowded);
            json.WriteStartArray("claims"u8);
            foreach (var claim in claims.Values)
            {
                json.WriteStartArray();
                json.WriteNumberValue(claim.Order.ReceivedAtMs);
                json.WriteStringValue(claim.Order.Item.ToString());
                json.WriteNumberValue((int)claim.Rule);
                json.WriteStringValue(claim.Id);
                json.WriteStringValue(claim.OtherId);
                json.WriteEndArray();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }
}
