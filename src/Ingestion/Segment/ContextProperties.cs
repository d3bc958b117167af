using System.Text.Json;
using Cairn.Ingestion.Json;

namespace Cairn.Ingestion.Segment;

/// <summary>
/// What a message's <c>context</c> says about the event, under property names that the other dialects' SDKs use for the same
/// things. One serves a whole request.
/// </summary>
/// <remarks>The table with its reasons is docs/wire/segment.md, "Context and properties". The address (<c>context.ip</c>) is never kept.</remarks>
sealed class ContextProperties
{
    // Group, field, property; a field of the context itself has no group.
    static readonly Entry[] Table =
    [
        new("page", "url", "$current_url"), new("page", "referrer", "$referrer"),
        new("page", "title", "$page_title"), new("page", "path", "$page_path"),
        new("os", "name", "$os"), new("os", "version", "$os_version"),
        new("device", "manufacturer", "$manufacturer"), new("device", "model", "$model"),
        new("device", "type", "$device_type"), new("device", "name", "$device_name"),
        new("app", "name", "$app_name"), new("app", "version", "$app_version_string"), new("app", "build", "$app_build_number"),
        new("network", "carrier", "$carrier"), new("network", "wifi", "$wifi"), new("network", "cellular", "$cellular"),
        new("screen", "width", "$screen_width"), new("screen", "height", "$screen_height"), new("screen", "density", "$screen_density"),
        new("location", "city", "$city"), new("location", "region", "$region"), new("location", "country", "$country"),
        new("location", "latitude", "$latitude"), new("location", "longitude", "$longitude"),
        new("", "locale", "$locale"), new("", "timezone", "$timezone"), new("", "userAgent", "$user_agent"),
    ];

    /// <summary>Fields of a campaign that become properties: the five of the spec, and some of a team's own.</summary>
    const int MaxCampaignFields = 20;

    readonly List<(ReadOnlyMemory<byte> QuotedName, ReadOnlyMemory<byte> Value)> found = [];
    ReadOnlyMemory<byte> libraryName, libraryVersion;

    /// <summary>Property and raw value, in the order of the context.</summary>
    public List<(ReadOnlyMemory<byte> QuotedName, ReadOnlyMemory<byte> Value)> Found => found;

    /// <summary>The raw token of <c>context.groupId</c>; empty where there is none.</summary>
    public ReadOnlyMemory<byte> GroupId { get; private set; }

    /// <summary>The raw token of <c>context.sessionId</c>, which RudderStack's SDKs send; empty where there is none.</summary>
    public ReadOnlyMemory<byte> SessionId { get; private set; }

    /// <summary>The raw object <c>context.traits</c>; empty where there is none.</summary>
    public ReadOnlyMemory<byte> Traits { get; private set; }

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        found.Clear();
        libraryName = libraryVersion = GroupId = SessionId = Traits = default;
    }

    /// <summary>Adds what another context says and this one doesn't: a message's own comes before its batch's.</summary>
    public void Add(ContextProperties other)
    {
        foreach (var (name, value) in other.found) AddProperty(name, value);
        if (libraryName.IsEmpty) (libraryName, libraryVersion) = (other.libraryName, other.libraryVersion);
        if (GroupId.IsEmpty) GroupId = other.GroupId;
        if (SessionId.IsEmpty) SessionId = other.SessionId;
        if (Traits.IsEmpty) Traits = other.Traits;
    }

    /// <summary>Adds what a raw context says; the first of two that say the same stands.</summary>
    public void Add(ReadOnlyMemory<byte> context, ByteArena scratch)
    {
        if (context.IsEmpty || context.Span[0] != '{') return;
        var reader = JsonSlice.Read(context);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = JsonSlice.Name(ref reader, context);
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject && !name.Span.SequenceEqual("\"traits\""u8)) AddGroup(name.Span[1..^1], ref reader, context, scratch);
            else AddField(name.Span[1..^1], JsonSlice.Value(ref reader, context));
        }
    }

    /// <summary>"name/version" of the library; empty where unknown.</summary>
    public ReadOnlyMemory<byte> Sdk(ByteArena scratch)
    {
        if (libraryVersion.IsEmpty) return libraryName;
        return scratch.Keep(scratch.Keep(libraryName.Span, "/"u8).Span, libraryVersion.Span);
    }

    void AddField(ReadOnlySpan<byte> name, ReadOnlyMemory<byte> value)
    {
        var first = value.Span[0];
        if (name.SequenceEqual("traits"u8))
        {
            if (first == '{' && Traits.IsEmpty) Traits = value;
        }
        else if (name.SequenceEqual("groupId"u8))
        {
            if (IsTextOrNumber(first) && GroupId.IsEmpty) GroupId = value;
        }
        else if (name.SequenceEqual("sessionId"u8))
        {
            if (IsTextOrNumber(first) && SessionId.IsEmpty) SessionId = value;
        }
        else if (Entry.Find([], name) is { } entry)
        {
            AddProperty(entry.Quoted, value);
        }
    }

    void AddGroup(ReadOnlySpan<byte> group, ref Utf8JsonReader reader, ReadOnlyMemory<byte> context, ByteArena scratch)
    {
        var isCampaign = group.SequenceEqual("campaign"u8);
        var isLibrary = group.SequenceEqual("library"u8);
        var campaignFields = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = JsonSlice.Name(ref reader, context);
            reader.Read();
            var value = JsonSlice.Value(ref reader, context);
            if (isCampaign && ++campaignFields <= MaxCampaignFields) AddProperty(CampaignName(name, scratch), value);
            else if (isLibrary) ReadLibrary(name.Span, value, scratch);
            else if (Entry.Find(group, name.Span[1..^1]) is { } entry) AddProperty(entry.Quoted, value);
        }
    }

    // Empty texts, nulls and containers say nothing.
    void AddProperty(ReadOnlyMemory<byte> quotedName, ReadOnlyMemory<byte> value)
    {
        if (value.Span[0] is (byte)'n' or (byte)'{' or (byte)'[' || value.Length == 2) return;
        foreach (var (name, _) in found)
            if (name.Span.SequenceEqual(quotedName.Span)) return;
        found.Add((quotedName, value));
    }

    void ReadLibrary(ReadOnlySpan<byte> quotedName, ReadOnlyMemory<byte> value, ByteArena scratch)
    {
        if (value.Span[0] != '"') return;
        if (quotedName.SequenceEqual("\"name\""u8) && libraryName.IsEmpty) libraryName = JsonText.Of(value, scratch);
        if (quotedName.SequenceEqual("\"version\""u8) && libraryVersion.IsEmpty) libraryVersion = JsonText.Of(value, scratch);
    }

    // "source" of a campaign is utm_source; its "name" is utm_campaign.
    static ReadOnlyMemory<byte> CampaignName(ReadOnlyMemory<byte> quotedName, ByteArena scratch) =>
        quotedName.Span.SequenceEqual("\"name\""u8) ? UtmCampaign : scratch.Keep("\"utm_"u8, quotedName.Span[1..]);

    static readonly ReadOnlyMemory<byte> UtmCampaign = "\"utm_campaign\""u8.ToArray();

    static bool IsTextOrNumber(byte first) => first is (byte)'"' or (byte)'-' or >= (byte)'0' and <= (byte)'9';

    sealed record Entry(string Group, string Field, string Property)
    {
        readonly byte[] group = System.Text.Encoding.UTF8.GetBytes(Group);
        readonly byte[] field = System.Text.Encoding.UTF8.GetBytes(Field);

        public ReadOnlyMemory<byte> Quoted { get; } = System.Text.Encoding.UTF8.GetBytes($"\"{Property}\"");

        public static Entry? Find(ReadOnlySpan<byte> group, ReadOnlySpan<byte> field)
        {
            foreach (var entry in Table)
                if (field.SequenceEqual(entry.field) && group.SequenceEqual(entry.group)) return entry;
            return null;
        }
    }
}
