using System.Runtime.InteropServices;
using System.Text.Json;
using Cairn.Model;
using Cairn.Model.Profiles;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Profiles;

/// <summary>
/// What a look-up row keeps of one id: its younger updates as they came, and what all older ones folded to. So a late update finds
/// its place, and short histories of several ids can be folded as one.
/// </summary>
/// <remarks>
/// As JSON; an order is milliseconds and item id:
/// <code>
/// {"base": {"at": [ms, "item"], "exists": true, "updated": ms, "properties": {…}},      absent while all updates are young
///  "young": [[ms, "item", followsDevice, {operations}, high, low], …],                    in order; high and low: the duplicate key, if any
///  "lanes": {"stream/partition": [seq, index]}}                                            the last place applied
/// </code>
/// </remarks>
sealed class ProfileRow
{
    /// <summary>Young updates kept; past it the older half is folded.</summary>
    const int MaxYoung = 64;

    /// <summary>Bytes of young updates kept.</summary>
    const int MaxYoungBytes = 48 * 1024;

    /// <summary>Lanes remembered. Forgetting one costs work, never an answer: the update then counts by its item id.</summary>
    const int MaxLanes = 64;

    readonly Dictionary<string, (long Seq, int Index)> lanes = new(StringComparer.Ordinal);
    readonly List<ProfileUpdate> young = [];
    readonly Dictionary<ReceiptOrder, DuplicateKey> duplicateKeys = [];
    (ReceiptOrder At, Profile? Profile)? folded;
    bool hasChanged;

    /// <summary>Whether every update this id ever got is still here as it came.</summary>
    public bool IsWhole => folded is null;

    /// <summary>The updates that are here as they came, in order.</summary>
    public IReadOnlyList<ProfileUpdate> Young => young;

    /// <summary>Whether an update was applied since the row was read.</summary>
    public bool HasChanged => hasChanged;

    /// <summary>By all updates; null where they leave no profile.</summary>
    public Profile? Current
    {
        get
        {
            var fold = new ProfileFold(folded?.Profile);
            foreach (var update in young) fold.Apply(update);
            var updatedAtMs = young.Count > 0 ? young[^1].Order.ReceivedAtMs : folded?.Profile?.UpdatedAtMs ?? 0;
            return fold.Result is { } profile ? profile with { UpdatedAtMs = updatedAtMs } : null;
        }
    }

    /// <summary>Applies an update, once; false where it is older than what is folded already, so that the row must be made anew.</summary>
    public bool Apply(PlacedUpdate placed)
    {
        var place = (placed.Seq, placed.ItemIndex);
        if (lanes.TryGetValue(placed.Lane, out var last) && place.CompareTo(last) <= 0) return true;
        if (folded is { } old && placed.Update.Order <= old.At) return false;
        Remember(placed);
        hasChanged = true;
        if (placed.Duplicate is { } key && !TakesPlace(key, placed.Update.Order)) return true;
        Insert(placed.Update);
        if (placed.Duplicate is { } kept && young.Exists(update => update.Order == placed.Update.Order)) duplicateKeys[placed.Update.Order] = kept;
        return true;
    }

    /// <summary>Whether an update counts beside its sender's own copies among the young: of those the first received stays.</summary>
    bool TakesPlace(DuplicateKey key, ReceiptOrder order)
    {
        foreach (var (other, known) in duplicateKeys)
        {
            if (known != key || other == order) continue;
            if (key.IsWindowed && Math.Abs(other.ReceivedAtMs - order.ReceivedAtMs) > (long)DuplicateKey.Window.TotalMilliseconds) continue;
            if (other < order) return false;
            young.RemoveAll(update => update.Order == other);
            duplicateKeys.Remove(other);
            return true;
        }
        return true;
    }

    /// <summary>Makes the row anew from all updates that are stored, among them those that came by these places.</summary>
    public void Rebuild(IEnumerable<ProfileUpdate> all, IEnumerable<PlacedUpdate> places)
    {
        folded = null;
        young.Clear();
        duplicateKeys.Clear();
        foreach (var update in all.OrderBy(update => update.Order)) Insert(update);
        foreach (var placed in places) Remember(placed);
        hasChanged = true;
    }

    void Remember(in PlacedUpdate placed)
    {
        var lane = placed.Lane;
        var place = (placed.Seq, placed.ItemIndex);
        if (lanes.TryGetValue(lane, out var last) && place.CompareTo(last) <= 0) return;
        lanes[lane] = place;
        if (lanes.Count > MaxLanes) lanes.Remove(lanes.Keys.First(other => other != lane));
    }

    void Insert(in ProfileUpdate update)
    {
        var order = update.Order;
        var at = young.FindLastIndex(other => other.Order <= order);
        if (at >= 0 && young[at].Order == order) return;
        // Whoever brought it may use its memory again; a body that is no JSON changes nothing, and would spoil the row.
        young.Insert(at + 1, update with { Operations = IsJson(update.Operations.Span) ? update.Operations.ToArray() : "{}"u8.ToArray() });
        if (young.Count > MaxYoung || young.Sum(other => other.Operations.Length) > MaxYoungBytes) FoldOlderHalf();
    }

    static bool IsJson(ReadOnlySpan<byte> text)
    {
        try
        {
            var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = 120 });
            while (reader.Read())
            {
            }
            return !text.IsEmpty;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    void FoldOlderHalf()
    {
        var count = Math.Max(1, young.Count / 2);
        var fold = new ProfileFold(folded?.Profile);
        foreach (var update in CollectionsMarshal.AsSpan(young)[..count]) fold.Apply(update);
        folded = (young[count - 1].Order, fold.Result);
        foreach (var update in CollectionsMarshal.AsSpan(young)[..count]) duplicateKeys.Remove(update.Order);
        young.RemoveRange(0, count);
    }

    public static ProfileRow Read(ReadOnlyMemory<byte> json)
    {
        var row = new ProfileRow();
        if (json.IsEmpty) return row;
        using var document = JsonDocument.Parse(json, new() { MaxDepth = 128 });
        var root = document.RootElement;
        if (root.TryGetProperty("base"u8, out var old))
        {
            var properties = old.GetProperty("properties"u8).EnumerateObject().ToDictionary(member => member.Name, member => PropertyValue.From(member.Value)!, StringComparer.Ordinal);
            var profile = old.GetProperty("exists"u8).GetBoolean() ? new Profile(properties, old.GetProperty("updated"u8).GetInt64()) : null;
            row.folded = (ReadOrder(old.GetProperty("at"u8)), profile);
        }
        foreach (var update in root.GetProperty("young"u8).EnumerateArray())
        {
            var order = ReadOrder(update);
            row.young.Add(new(order, JsonMarshal.GetRawUtf8Value(update[3]).ToArray(), update[2].GetBoolean()));
            if (update.GetArrayLength() > 4) row.duplicateKeys[order] = new(update[4].GetInt64(), update[5].GetInt64());
        }
        foreach (var lane in root.GetProperty("lanes"u8).EnumerateObject())
            row.lanes[lane.Name] = (lane.Value[0].GetInt64(), lane.Value[1].GetInt32());
        return row;
    }

    public byte[] Write()
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new() { SkipValidation = true }))
        {
            json.WriteStartObject();
            if (folded is { } old) WriteBase(json, old.At, old.Profile);
            json.WriteStartArray("young"u8);
            foreach (var update in young)
            {
                json.WriteStartArray();
                WriteOrder(json, update.Order);
                json.WriteBooleanValue(update.FollowsDevice);
                json.WriteRawValue(update.Operations.Span, skipInputValidation: true);
                if (duplicateKeys.TryGetValue(update.Order, out var key))
                {
                    json.WriteNumberValue(key.High);
                    json.WriteNumberValue(key.Low);
                }
                json.WriteEndArray();
            }
            json.WriteEndArray();
            json.WriteStartObject("lanes"u8);
            foreach (var (lane, (seq, index)) in lanes)
            {
                json.WriteStartArray(lane);
                json.WriteNumberValue(seq);
                json.WriteNumberValue(index);
                json.WriteEndArray();
            }
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }

    static void WriteBase(Utf8JsonWriter json, ReceiptOrder at, Profile? profile)
    {
        json.WriteStartObject("base"u8);
        json.WriteStartArray("at"u8);
        WriteOrder(json, at);
        json.WriteEndArray();
        json.WriteBoolean("exists"u8, profile is not null);
        json.WriteNumber("updated"u8, profile?.UpdatedAtMs ?? 0);
        json.WriteStartObject("properties"u8);
        foreach (var (name, value) in profile?.Properties ?? new Dictionary<string, PropertyValue>())
        {
            json.WritePropertyName(name);
            json.WriteRawValue(value.Json.Span, skipInputValidation: true);
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    static void WriteOrder(Utf8JsonWriter json, ReceiptOrder order)
    {
        json.WriteNumberValue(order.ReceivedAtMs);
        json.WriteStringValue(order.Item.ToString());
    }

    static ReceiptOrder ReadOrder(JsonElement list) =>
        ItemId.TryParse(JsonMarshal.GetRawUtf8Value(list[1])[1..^1], out var item)
            ? new(list[0].GetInt64(), item)
            : throw new InvalidDataException($"a profile row has the item id {list[1]}");
}
