namespace Cairn.Query.Scanning;

/// <summary>Texts by code: each different text once.</summary>
/// <param name="Entries">The different texts, in no order.</param>
/// <param name="Codes">For each row an index into <paramref name="Entries"/>; -1 where the row has none.</param>
public sealed record TextColumn(IReadOnlyList<string> Entries, int[] Codes);

/// <summary>Numbers by row; NaN where the row has none (no event can carry a NaN, JSON has none).</summary>
public sealed record NumberColumn(double[] Values);

/// <summary>Booleans by row: 0 false, 1 true, -1 where the row has none.</summary>
public sealed record FlagColumn(sbyte[] Values);

/// <summary>Whole numbers by row, times in Unix milliseconds among them; <see cref="Missing"/> where the row has none.</summary>
public sealed record LongColumn(long[] Values)
{
    public const long Missing = long.MinValue;
}
