using System.Numerics;
using System.Text.Json;
using Cairn.Ingestion.Json;
using Cairn.Model;
using Cairn.Model.Profiles;

namespace Cairn.Ingestion.Amplitude;

public sealed partial class AmplitudeTranslator
{
    // Fields that stand on the user as well as on the event. Of the first two kinds, setting one resets the others.
    static readonly ulong DeviceGroup = EventFields.Mask(AmplitudeField.Platform, AmplitudeField.Carrier);
    static readonly ulong GeoGroup = EventFields.Mask(AmplitudeField.Country, AmplitudeField.Dma);
    static readonly ulong Alone = EventFields.Mask(AmplitudeField.AppVersion, AmplitudeField.StartVersion);

    static readonly ReadOnlyMemory<byte> True = "true"u8.ToArray();

    // The event "$identify": groups become the user's own, and so do the fields.
    void AddIdentify()
    {
        AddLinkClaim();
        operations.Clear();
        if (fields.Has(AmplitudeField.UserProperties)) operations.AddAll(fields[AmplitudeField.UserProperties]);
        if (fields.Has(AmplitudeField.Groups)) SetGroups();
        SetFields();
        AddProfileUpdate("user_properties");
    }

    // One record of the identify API, which has no event type.
    void AddIdentification()
    {
        if (fields.Has(AmplitudeField.Groups) && !GroupValues.AreValid(fields[AmplitudeField.Groups])) batch.Reject(RejectReason.InvalidType, "groups");
        else if (ReadIds()) AddIdentify();
    }

    // One record of the group identify API: {"group_type": "org", "group_value": "acme", "group_properties": {…}}.
    void AddGroupIdentification()
    {
        var type = Text(AmplitudeField.GroupType);
        var value = Text(AmplitudeField.GroupValue);
        if (type.IsEmpty) batch.Reject(RejectReason.MissingGroupKey, "group_type");
        else if (value.IsEmpty) batch.Reject(RejectReason.MissingGroupId, "group_value");
        else if (ReadGroupOperations(out var body)) AddGroupUpdate(type, value, body);
    }

    // The event "$groupidentify" names its groups as an event does, and needs no user.
    void AddGroupUpdates()
    {
        if (!fields.Has(AmplitudeField.Groups))
        {
            batch.Reject(RejectReason.MissingGroupKey, "groups");
            return;
        }
        if (!ReadGroupOperations(out var body)) return;
        // Each group gets a whole copy of the properties, so the vendor's limit also keeps a small request from becoming a large one.
        var count = 0;
        foreach (var (type, value) in new GroupValues(fields[AmplitudeField.Groups]))
        {
            if (++count > AmplitudeLimits.MaxGroupValues) break;
            AddGroupUpdate(JsonText.Of(type, batch.Scratch), TextOf(value), body);
        }
    }

    bool ReadGroupOperations(out ReadOnlyMemory<byte> body)
    {
        body = default;
        operations.Clear();
        if (fields.Has(AmplitudeField.GroupProperties)) operations.AddAll(fields[AmplitudeField.GroupProperties]);
        if (operations.Count > AmplitudeLimits.MaxPropertiesPerUpdate) batch.Reject(RejectReason.TooManyProperties, "group_properties");
        else if (!operations.IsEmpty) body = operations.Write(buffer, batch.Scratch);
        return !body.IsEmpty;
    }

    void AddGroupUpdate(ReadOnlyMemory<byte> type, ReadOnlyMemory<byte> value, ReadOnlyMemory<byte> body)
    {
        ref var item = ref batch.Add(ItemKind.GroupUpdate);
        item.TimeMs = timeMs;
        item.SentTimeMs = sentTimeMs;
        item.Name = type;
        item.DistinctId = value;
        item.InsertId = Text(AmplitudeField.InsertId);
        item.Sdk = Sdk();
        item.Body = body;
    }

    // What an ordinary event changes on its user; false where the record was rejected for it.
    bool AddEventProfile(bool isExposure, bool hasRevenue)
    {
        operations.Clear();
        if (fields.Has(AmplitudeField.UserProperties)) operations.AddAll(fields[AmplitudeField.UserProperties]);
        if (!operations.IsEmpty) SetFields();
        if (isExposure) Exposure.AddOperations(fields[AmplitudeField.EventProperties], operations, batch.Scratch);
        // Source: Amplitude docs, "User properties and events", paying: true once any revenue was seen.
        if (hasRevenue) operations.Add(ProfileOperation.Set, AmplitudeFields.QuotedProperty(AmplitudeField.Paying), True);
        return AddProfileUpdate("user_properties");
    }

    bool AddProfileUpdate(string wireName)
    {
        if (operations.Count > AmplitudeLimits.MaxPropertiesPerUpdate)
        {
            batch.Reject(RejectReason.TooManyProperties, wireName);
            return false;
        }
        if (operations.IsEmpty) return true;
        var body = operations.Write(buffer, batch.Scratch);
        Add(ItemKind.ProfileUpdate).Body = body;
        return true;
    }

    // A group becomes a user property of its type's name: what the vendor's SDKs send beside it, and what later events are counted by.
    void SetGroups()
    {
        var groups = fields[AmplitudeField.Groups];
        var reader = JsonSlice.Read(groups);
        reader.Read();
        for (var types = 0; types < AmplitudeLimits.MaxGroupTypes && reader.Read() && reader.TokenType == JsonTokenType.PropertyName; types++)
        {
            var name = JsonSlice.Name(ref reader, groups);
            reader.Read();
            var value = JsonSlice.Value(ref reader, groups);
            if (value.Span[0] != 'n' && !operations.Sets(name.Span)) operations.Add(ProfileOperation.Set, name, value);
        }
    }

    void SetFields()
    {
        // A user agent says what the other device fields are, so nothing is known to be gone.
        SetGroup(DeviceGroup, replaces: !fields.Has(AmplitudeField.UserAgent));
        SetGroup(GeoGroup, replaces: true);
        SetGroup(Alone, replaces: false);
        if (fields.Has(AmplitudeField.AppVersion) && !fields.Has(AmplitudeField.StartVersion))
            operations.Add(ProfileOperation.SetOnce, AmplitudeFields.QuotedProperty(AmplitudeField.StartVersion), fields[AmplitudeField.AppVersion]);
    }

    // Source: Amplitude docs, "Identify API", "Device/geo fields": updating one resets those that are not given with it.
    void SetGroup(ulong group, bool replaces)
    {
        var given = fields.AnyOf(group);
        if (given == 0) return;
        for (var rest = group; rest != 0; rest &= rest - 1)
        {
            var field = (AmplitudeField)BitOperations.TrailingZeroCount(rest);
            if (fields.Has(field)) operations.Add(ProfileOperation.Set, AmplitudeFields.QuotedProperty(field), fields[field]);
            else if (replaces) operations.Add(ProfileOperation.Unset, AmplitudeFields.QuotedProperty(field), default);
        }
    }

    ReadOnlyMemory<byte> TextOf(ReadOnlyMemory<byte> token) =>
        token.Span[0] == '"' ? JsonText.Of(token, batch.Scratch) : token;
}
