using Cairn.Query.Definitions;
using Cairn.Query.Turns;

namespace Cairn.Query.Journeys;

/// <summary>What all workers of a report may hold in cells.</summary>
sealed class CellBudget(ReportMemory memory)
{
    /// <summary>Cells of four bytes: 160 MB.</summary>
    public const long MaxCells = 40_000_000;

    long taken;

    /// <summary>Notes memory beside the cells: of a series that has none yet.</summary>
    public void TakeBytes(long bytes) => memory.Take(bytes, "breakdowns", "break down by what has fewer values, or ask for a shorter range or fewer buckets");

    /// <exception cref="DefinitionException">There would be more than a report may have.</exception>
    public int[] Take(int count, int more = 0)
    {
        if (Interlocked.Add(ref taken, count + more) > MaxCells)
            throw new DefinitionException("breakdowns", "the answer has too many values, rows and buckets, multiplied; break down by what has fewer values, or ask for a shorter range or fewer buckets");
        TakeBytes(sizeof(int) * (long)(count + more));
        return count == 0 ? [] : new int[count];
    }
}
