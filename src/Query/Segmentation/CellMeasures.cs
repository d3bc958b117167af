using Cairn.Query.Definitions;

namespace Cairn.Query.Segmentation;

/// <summary>Computes a report's measure over any division of its rows into cells.</summary>
/// <param name="rows">All rows that count.</param>
/// <param name="measure">For an active share only its persons are counted here; who divides by whom is decided above.</param>
/// <param name="personCount">Codes of persons run from 0 up to this.</param>
sealed class CellMeasures(GatheredRows rows, Measure measure, int personCount)
{
    /// <summary>Rows with one person's together; made when first needed.</summary>
    (int[] Order, int[] Persons)? byPerson;

    /// <summary>The measure of each cell.</summary>
    /// <param name="cells">Each row's cell; negative: the row counts nowhere.</param>
    public double[] Of(ReadOnlySpan<int> cells, int cellCount) => measure switch
    {
        Measure.Totals => AsDoubles(Totals(cells, cellCount)),
        Measure.Uniques or Measure.ActiveShare => AsDoubles(Uniques(cells, cellCount)),
        Measure.AveragePerUser => Ratios(AsDoubles(Totals(cells, cellCount)), Uniques(cells, cellCount)),
        Measure.Property { Kind: Aggregate.Sum } => Sums(cells, cellCount),
        Measure.Property { Kind: Aggregate.Average } => Ratios(Sums(cells, cellCount), Totals(cells, cellCount)),
        Measure.Property { Kind: Aggregate.Least } => Extremes(cells, cellCount, isLeast: true),
        Measure.Property { Kind: Aggregate.Greatest } => Extremes(cells, cellCount, isLeast: false),
        Measure.Property { Kind: Aggregate.Median } => Medians(cells, cellCount),
        _ => throw new ArgumentOutOfRangeException(nameof(cells), measure, "no measure"),
    };

    /// <summary>The number of rows of each cell.</summary>
    public static long[] Totals(ReadOnlySpan<int> cells, int cellCount)
    {
        var counts = new long[cellCount];
        SegmentationKernel.CountRows(cells, counts);
        return counts;
    }

    long[] Uniques(ReadOnlySpan<int> cells, int cellCount)
    {
        byPerson ??= GroupByPerson();
        var (order, persons) = byPerson.Value;
        var cellsByPerson = new int[order.Length];
        for (var i = 0; i < order.Length; i++) cellsByPerson[i] = cells[order[i]];
        var counts = new long[cellCount];
        var lastPersons = new int[cellCount];
        Array.Fill(lastPersons, -1);
        SegmentationKernel.CountPersons(cellsByPerson, persons, lastPersons, counts);
        return counts;
    }

    (int[], int[]) GroupByPerson()
    {
        var order = SegmentationKernel.OrderBy(rows.Persons, personCount, new int[personCount + 1]);
        var persons = new int[order.Length];
        for (var i = 0; i < order.Length; i++) persons[i] = rows.Persons[order[i]];
        return (order, persons);
    }

    double[] Sums(ReadOnlySpan<int> cells, int cellCount)
    {
        var sums = new double[cellCount];
        SegmentationKernel.Sum(cells, rows.Values, sums);
        return sums;
    }

    double[] Extremes(ReadOnlySpan<int> cells, int cellCount, bool isLeast)
    {
        var extremes = new double[cellCount];
        Array.Fill(extremes, double.NaN);
        SegmentationKernel.Extreme(cells, rows.Values, isLeast, extremes);
        foreach (ref var extreme in extremes.AsSpan())
            if (double.IsNaN(extreme)) extreme = 0;
        return extremes;
    }

    double[] Medians(ReadOnlySpan<int> cells, int cellCount)
    {
        var starts = new int[cellCount + 1];
        var order = SegmentationKernel.OrderBy(cells, cellCount, starts);
        var values = new double[order.Length];
        for (var i = 0; i < order.Length; i++) values[i] = rows.Values[order[i]];
        var medians = new double[cellCount];
        for (var cell = 0; cell < cellCount; cell++)
        {
            var own = values.AsSpan(starts[cell]..starts[cell + 1]);
            if (own.IsEmpty) continue;
            own.Sort();
            medians[cell] = SegmentationKernel.MedianOfSorted(own);
        }
        return medians;
    }

    static double[] Ratios(double[] numerators, long[] denominators)
    {
        for (var i = 0; i < numerators.Length; i++) numerators[i] = denominators[i] == 0 ? 0 : numerators[i] / denominators[i];
        return numerators;
    }

    static double[] AsDoubles(long[] counts) => Array.ConvertAll(counts, count => (double)count);
}
