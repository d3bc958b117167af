namespace Cairn.Projects.Privacy;

/// <summary>A request to erase one or more people of a project.</summary>
/// <param name="Id">32 hexadecimal digits.</param>
/// <param name="RequestedBy">A key's or an account's name.</param>
/// <param name="Asked">The ids as they were sent; empty once it has ended, when nothing keeps ids any more.</param>
/// <param name="StartsAt">When it begins: until then it can be cancelled.</param>
/// <param name="UpToMs">What was received later is somebody new's, Unix milliseconds; 0 before it has begun.</param>
/// <param name="Ids">All ids of the people as they were linked when it began; empty before, and once it has ended.</param>
/// <param name="StreamEndsAt">On Azure: when the last message that may hold the people leaves the stream; null where nothing waits for that.</param>
/// <param name="Receipt">The signed receipt; null before there is one.</param>
public sealed record Erasure(
    string Id,
    string ProjectId,
    ErasureState State,
    DateTimeOffset RequestedAt,
    string RequestedBy,
    string Via,
    IReadOnlyList<string> Asked,
    DateTimeOffset StartsAt,
    long UpToMs = 0,
    IReadOnlyList<string>? Ids = null,
    DateTimeOffset? EndedAt = null,
    DateTimeOffset? StreamEndsAt = null,
    SignedReceipt? Receipt = null);

/// <summary>How far a request is. Stored by name.</summary>
public enum ErasureState
{
    /// <summary>In its grace period: it can be cancelled.</summary>
    Staging,

    /// <summary>Begun: nobody sees the people any more, and their rows are being taken out.</summary>
    Started,

    /// <summary>All is taken out but of the stream, whose retention runs.</summary>
    Pending,

    /// <summary>Done, with a receipt.</summary>
    Done,

    /// <summary>Cancelled in its grace period.</summary>
    Cancelled,
}

/// <summary>A receipt and its signature.</summary>
/// <param name="Text">The receipt, JSON; the signature is over its UTF-8.</param>
/// <param name="Signature">ECDSA over P-256 with SHA-256, IEEE P1363, base64.</param>
/// <param name="PublicKey">Subject public key info, base64.</param>
public sealed record SignedReceipt(string Text, string Signature, string PublicKey);
