namespace Cairn.Query.Filters;

/// <summary>The types of the expression language. A property that an event lacks is <see cref="Undefined"/>.</summary>
public enum ValueKind : byte
{
    Undefined = 0,
    Null,
    Boolean,
    Number,
    Text,

    /// <summary>A moment; never stored as such, comes from <c>datetime()</c> and from an event's own time.</summary>
    DateTime,
    List,
    Object,
}
