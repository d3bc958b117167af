using Cairn.Model;

namespace Cairn.Ingestion.Mixpanel;

/// <summary>What a record said, while it is read.</summary>
struct EventFields
{
    public bool NameIsText, HasProperties, HasOtherProperties, HasTime, TimeIsValid, HasDistinctId, IsIgnored;
    public int PropertyCount;
    public long TimeMs;
    public ReadOnlyMemory<byte> Name, Token, DistinctId, InsertId, DeviceId, UserId, Library, LibraryVersion;

    /// <summary>The first property nested too deep, as written; empty where none is.</summary>
    public ReadOnlyMemory<byte> DeepName;

    /// <summary>Back to what was known before the properties.</summary>
    public void ForgetProperties() => this = new() { Name = Name, NameIsText = NameIsText, HasProperties = HasProperties };
}

/// <summary>An event ready to become an item; claims are made from it first, for they go before it.</summary>
struct EventParts
{
    public ReadOnlyMemory<byte> Token, Name, DistinctId, DeviceId, UserId, InsertId, Sdk, Body;

    /// <summary>As sent, Unix milliseconds; 0 where none was, or none that is a time.</summary>
    public long TimeMs;

    public readonly void CopyTo(ref Item item)
    {
        item.Token = Token;
        item.Name = Name;
        item.DistinctId = DistinctId;
        item.DeviceId = DeviceId;
        item.UserId = UserId;
        item.InsertId = InsertId;
        item.Sdk = Sdk;
        item.Body = Body;
        item.TimeMs = item.SentTimeMs = TimeMs;
    }
}
