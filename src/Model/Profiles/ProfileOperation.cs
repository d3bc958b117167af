namespace Cairn.Model.Profiles;

/// <summary>
/// What an update does to a profile. An update's body is one JSON object from an operation's wire name to its argument,
/// applied in the order written: <c>{"set_once": {"plan": "free"}, "add": {"logins": 1}, "unset": ["trial"]}</c>.
/// </summary>
/// <remarks>
/// The union of Mixpanel's /engage operations and Amplitude's user property operations, under one name each; a translator
/// writes them in its vendor's order. Setting null unsets. Wire names: see <see cref="ProfileOperations"/>.
/// </remarks>
public enum ProfileOperation : byte
{
    /// <summary>{"name": value}: overwrite.</summary>
    Set = 1,

    /// <summary>{"name": value}: only where not set yet.</summary>
    SetOnce = 2,

    /// <summary>{"name": number}: increment; absent counts as 0; a value that is no number stays.</summary>
    Add = 3,

    /// <summary>{"name": value or list}: to the end of the list; a single value becomes a list first.</summary>
    Append = 4,

    /// <summary>{"name": value or list}: to the front of the list.</summary>
    Prepend = 5,

    /// <summary>{"name": list or value}: to the end of the list, each value not present yet (Mixpanel $union, Amplitude $postInsert).</summary>
    Union = 6,

    /// <summary>{"name": list or value}: to the front of the list, each value not present yet (Amplitude $preInsert).</summary>
    UnionFirst = 7,

    /// <summary>{"name": value or list}: drop all equal elements from the list.</summary>
    Remove = 8,

    /// <summary>["name", …]: drop these properties.</summary>
    Unset = 9,

    /// <summary>true: drop all properties.</summary>
    ClearAll = 10,

    /// <summary>true: drop the profile itself; events remain.</summary>
    Delete = 11,

    /// <summary>{"name": object}: merge objects deeply (Mixpanel $merge).</summary>
    Merge = 12,
}
