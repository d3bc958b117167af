namespace Cairn.Model.Identity;

/// <summary>Which of Mixpanel's identity systems a project follows; Amplitude's and Segment's rules always hold beside it.</summary>
/// <remarks>Source: Mixpanel docs, "ID Management". Stored with the project: the numbers stay for ever.</remarks>
public enum IdentityMode : byte
{
    /// <summary>Simplified ID merge: an event with both device and user links them, first write wins.</summary>
    Simplified = 1,

    /// <summary>Original ID merge: $identify, $create_alias and $merge build clusters of up to 500 ids.</summary>
    Original = 2,
}
