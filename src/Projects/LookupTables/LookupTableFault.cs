namespace Cairn.Projects.LookupTables;

/// <summary>One thing wrong with one row of a lookup table.</summary>
/// <param name="RowIndex">From 0, the header being row 0.</param>
public readonly record struct LookupTableFault(int RowIndex, LookupTableFaultReason Reason);

/// <summary>What is wrong with a row.</summary>
public enum LookupTableFaultReason
{
    /// <summary>A column has no name, or two have the same.</summary>
    BadHeader = 1,

    /// <summary>The first column, by which events are joined, is empty.</summary>
    BlankKey = 2,

    /// <summary>An earlier row has the same key.</summary>
    RepeatedKey = 3,

    /// <summary>More or fewer fields than the header.</summary>
    WrongFieldCount = 4,

    /// <summary>A quote that is not closed, or stands inside a field.</summary>
    BadQuote = 5,

    /// <summary>The text is no UTF-8.</summary>
    InvalidUtf8 = 6,
}
