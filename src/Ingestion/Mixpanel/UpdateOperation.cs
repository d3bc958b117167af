using System.Text.Json;
using Cairn.Model.Profiles;

namespace Cairn.Ingestion.Mixpanel;

/// <summary>An operation of <c>/engage</c> and <c>/groups</c>, in the order in which several of one record apply.</summary>
/// <remarks>Source: Mixpanel docs, "Set Property" and its neighbours under "User Profiles" and "Group Profiles".</remarks>
enum UpdateOperation
{
    SetOnce,
    Set,
    Add,
    Append,
    Union,
    Remove,
    Merge,
    Unset,
    Delete,
}

static class UpdateOperations
{
    public const int Count = (int)UpdateOperation.Delete + 1;

    /// <summary>Which operation's name the reader stands on; false for any other.</summary>
    public static bool TryFind(ref Utf8JsonReader reader, out UpdateOperation operation)
    {
        for (operation = 0; operation < (UpdateOperation)Count; operation++)
            if (reader.ValueTextEquals(WireName(operation))) return true;
        return false;
    }

    /// <summary>As the vendor spells it.</summary>
    public static ReadOnlySpan<byte> WireName(UpdateOperation operation) => operation switch
    {
        UpdateOperation.SetOnce => "$set_once"u8,
        UpdateOperation.Set => "$set"u8,
        UpdateOperation.Add => "$add"u8,
        UpdateOperation.Append => "$append"u8,
        UpdateOperation.Union => "$union"u8,
        UpdateOperation.Remove => "$remove"u8,
        UpdateOperation.Merge => "$merge"u8,
        UpdateOperation.Unset => "$unset"u8,
        UpdateOperation.Delete => "$delete"u8,
    };

    /// <summary>What it is in our words.</summary>
    public static ProfileOperation Canonical(UpdateOperation operation) => operation switch
    {
        UpdateOperation.SetOnce => ProfileOperation.SetOnce,
        UpdateOperation.Set => ProfileOperation.Set,
        UpdateOperation.Add => ProfileOperation.Add,
        UpdateOperation.Append => ProfileOperation.Append,
        UpdateOperation.Union => ProfileOperation.Union,
        UpdateOperation.Remove => ProfileOperation.Remove,
        UpdateOperation.Merge => ProfileOperation.Merge,
        UpdateOperation.Unset => ProfileOperation.Unset,
        UpdateOperation.Delete => ProfileOperation.Delete,
    };
}
