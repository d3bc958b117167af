using Cairn.Query.Definitions;

namespace Cairn.Query.Journeys;

/// <summary>What all workers of a report may hold in cells.</summary>
sealed class CellBudget
{
    /// <summary>Cells of four bytes: 160 MB.</summary>
    public const long MaxCells = 40_000_000;

    long taken;

    /// <exception cref="DefinitionException">There would be more than a report may have.</exception>
    public int[] Take(int count, int more = 0)
    {
        if (Interlocked.Add(ref taken, count + more) > MaxCells)
            throw new DefinitionException("breakdowns", "the answer has too many values, rows and buckets, multiplied; break down by what has fewer values, or ask for a shorter range or fewer buckets");
        return count == 0 ? [] : new int[count];
    }
}
