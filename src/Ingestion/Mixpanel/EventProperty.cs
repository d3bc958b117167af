using System.Text.Json;
using Cairn.Ingestion.Json;

namespace Cairn.Ingestion.Mixpanel;

/// <summary>Properties of an event that mean something to us; the rest are the sender's own.</summary>
/// <remarks>Source: Mixpanel docs, "Default Properties" and "Reserved properties".</remarks>
enum EventProperty
{
    /// <summary>One of the sender's.</summary>
    Own,

    /// <summary>These become fields of the item and stand in <c>Body</c> no more.</summary>
    Token,
    Time,
    DistinctId,
    InsertId,
    DeviceId,
    UserId,

    /// <summary>An address: taken away and kept nowhere.</summary>
    Address,

    /// <summary>These are read and stay in <c>Body</c>.</summary>
    Library,
    LibraryVersion,
    Ignore,
}

static class EventProperties
{
    /// <summary>Bytes of the longest name known.</summary>
    const int MaxNameBytes = 12;

    /// <summary>Which property's name the reader stands on.</summary>
    public static EventProperty Find(ref Utf8JsonReader reader)
    {
        var name = reader.ValueSpan;
        if (!reader.ValueIsEscaped) return Find(name);
        // Six bytes may spell one ("\u0074oken"); no name that is longer than all of them can be known.
        if (name.Length > MaxNameBytes * 6) return EventProperty.Own;
        Span<byte> unescaped = stackalloc byte[MaxNameBytes * 6];
        return Find(unescaped[..JsonText.Unescape(name, unescaped)]);
    }

    static EventProperty Find(ReadOnlySpan<byte> name) => name.Length switch
    {
        2 when name.SequenceEqual("ip"u8) => EventProperty.Address,
        3 when name.SequenceEqual("$ip"u8) => EventProperty.Address,
        4 when name.SequenceEqual("time"u8) => EventProperty.Time,
        5 when name.SequenceEqual("token"u8) => EventProperty.Token,
        5 when name.SequenceEqual("$time"u8) => EventProperty.Time,
        6 when name.SequenceEqual("mp_lib"u8) => EventProperty.Library,
        7 when name.SequenceEqual("$ignore"u8) => EventProperty.Ignore,
        8 when name.SequenceEqual("$user_id"u8) => EventProperty.UserId,
        10 when name.SequenceEqual("$insert_id"u8) => EventProperty.InsertId,
        10 when name.SequenceEqual("$device_id"u8) => EventProperty.DeviceId,
        11 when name.SequenceEqual("distinct_id"u8) => EventProperty.DistinctId,
        12 when name.SequenceEqual("$distinct_id"u8) => EventProperty.DistinctId,
        12 when name.SequenceEqual("$lib_version"u8) => EventProperty.LibraryVersion,
        _ => EventProperty.Own,
    };
}
