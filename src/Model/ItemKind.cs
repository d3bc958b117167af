namespace Cairn.Model;

/// <summary>What kind of thing a sender told us.</summary>
/// <remarks>The numbers reach the stream: they stay for ever.</remarks>
public enum ItemKind : byte
{
    /// <summary>One thing a user did.</summary>
    Event = 1,

    /// <summary>A change of one person's properties.</summary>
    ProfileUpdate = 2,

    /// <summary>A claim that two ids are one person.</summary>
    LinkClaim = 3,

    /// <summary>A change of one group's properties.</summary>
    GroupUpdate = 4,
}
