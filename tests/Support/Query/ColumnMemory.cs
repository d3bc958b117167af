using Cairn.Storage.Rows;

namespace Cairn.Support.Query;

/// <summary>Memory for a test's columns: plenty, or so little that every report streams its rows in some twenty shares. Answers are the same.</summary>
public static class ColumnMemory
{
    /// <summary>Less than any layout takes.</summary>
    const int BytesPerRow = 10;

    /// <param name="number">Any number of the test's; odd ones have little.</param>
    public static ColumnCache For(int number, int rowCount) => new(int.IsOddInteger(number) ? Math.Max(1, BytesPerRow * rowCount) : 1 << 20);
}
