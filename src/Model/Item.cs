#pragma warning disable CA1051 // public fields: rows of a pooled array, changed in place by reference
namespace Cairn.Model;

/// <summary>
/// One thing a sender told us, in our words, on its way from the door to a row: an event, a profile update, a link
/// claim or a group update. Texts are UTF-8 slices of memory that somebody else owns (the request's body, the
/// batch's scratch, or a decoded message); empty means absent.
/// </summary>
/// <remarks>
/// A mutable struct in pooled arrays, so that 250,000 of them a second cost no garbage; pass it by reference.
/// <code>
/// field        event                      profile update        link claim            group update
/// Name         its name                   -                     -                     group type (group key)
/// DistinctId   who, as sent               whose profile         one id                group id
/// OtherId      -                          -                     the other id          -
/// DeviceId     device, "$device:" cut     same                  -                     -
/// UserId       user, as sent              same                  -                     -
/// Body         properties: JSON object    operations, see       evidence: JSON or     operations
///                                         ProfileOperation      empty
/// Groups       {"type": "id" or ["id"]}   -                     -                     -
/// </code>
/// Ids that stand for a device carry the prefix "$device:" in <see cref="DistinctId"/> and <see cref="OtherId"/>,
/// whatever the dialect, so that one person seen by two SDKs is one person.
/// </remarks>
public struct Item
{
    public ItemKind Kind;
    public Dialect Dialect;

    /// <summary>By which rule a link claim asks for its link; <see cref="Identity.LinkRule.None"/> otherwise.</summary>
    public Identity.LinkRule LinkRule;

    /// <summary>
    /// For events of Amplitude sent with <c>$skip_user_properties_sync</c>: the event's profile is its own update alone.
    /// </summary>
    public bool SkipsProfile;

    /// <summary>Which wire record of the request it came from, from 0; several items may come from one record.</summary>
    public int RecordIndex;

    public ItemId Id;

    /// <summary>When the door read it, Unix milliseconds, UTC; the same for a whole request.</summary>
    public long ReceivedAtMs;

    /// <summary>When it happened, Unix milliseconds, UTC, after correction of the sender's clock; never 0 past the clock stage.</summary>
    public long TimeMs;

    /// <summary>The time exactly as the sender gave it, in milliseconds; 0 if it gave none. Part of what makes a duplicate.</summary>
    public long SentTimeMs;

    /// <summary>Which project it belongs to; set by the project stage, an index into <c>ItemBatch.Projects</c>.</summary>
    public int ProjectIndex;

    /// <summary>The write token the record carried; empty where the request's credentials decide.</summary>
    public ReadOnlyMemory<byte> Token;

    public ReadOnlyMemory<byte> Name;
    public ReadOnlyMemory<byte> DistinctId;
    public ReadOnlyMemory<byte> OtherId;
    public ReadOnlyMemory<byte> DeviceId;
    public ReadOnlyMemory<byte> UserId;

    /// <summary>The sender's own key against duplicates, as sent; empty where it gave none.</summary>
    public ReadOnlyMemory<byte> InsertId;

    /// <summary>The sender's session, as text; empty where there is none (Amplitude's -1 included).</summary>
    public ReadOnlyMemory<byte> SessionId;

    /// <summary>Library name and version, "name/version"; empty where unknown.</summary>
    public ReadOnlyMemory<byte> Sdk;

    /// <summary>One JSON object: an event's properties, or the operations of an update.</summary>
    public ReadOnlyMemory<byte> Body;

    /// <summary>One JSON object from group type to a group id or a list of them; empty where there is none.</summary>
    public ReadOnlyMemory<byte> Groups;
}
