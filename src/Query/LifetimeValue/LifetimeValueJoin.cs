namespace Cairn.Query.LifetimeValue;

/// <summary>Adds up what all workers counted: no person is with two of them, nor in two rows.</summary>
sealed class LifetimeValueJoin(LifetimeValuePlan plan)
{
    readonly int[] complete = [.. Enumerable.Range(0, plan.Rows.Count).Select(plan.CompleteIn)];

    public LifetimeValueSeries Series(int compared, IReadOnlyList<string> keys, IReadOnlyList<LifetimeValueCells> cells)
    {
        var byRow = Enumerable.Range(0, plan.Rows.Count).Select(row => cells.Select(part => part[row]).OfType<LifetimeValueCells.Row>().ToArray()).ToArray();
        return new(
            compared,
            keys,
            [.. byRow.Select((parts, row) => Row(row, parts, complete[row]))],
            Row(0, [.. byRow.SelectMany(parts => parts)], complete.Min()));
    }

    LifetimeValueRow Row(int start, LifetimeValueCells.Row[] parts, int complete)
    {
        var ages = new LifetimeValueAge[plan.Ages.Length];
        var (size, payers) = (0, 0);
        // Whoever reached an age reached those before it.
        for (var age = ages.Length - 1; age >= 0; age--)
        {
            size += parts.Sum(part => part.SizeByReached[age + 1]);
            payers += parts.Sum(part => part.PayersByReached[age + 1]);
            ages[age] = new(size, parts.Sum(part => part.Sums[age]), parts.Sum(part => part.Paid[age]), parts.Sum(part => part.NewlyPaid[age]), payers);
        }
        return new(plan.Rows.Starts[start], parts.Sum(part => part.Size), parts.Sum(part => part.Payers), parts.Sum(part => part.Revenue), ages, complete);
    }
}
