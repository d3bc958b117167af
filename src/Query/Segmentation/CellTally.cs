using Cairn.Query.Definitions;
using Cairn.Query.Turns;

namespace Cairn.Query.Segmentation;

/// <summary>What a measure needs to know of each cell, counted row by row; a cell is one bucket of one series, or one series as a whole.</summary>
/// <remarks>Grows with the cells. One worker's own; those of workers who share no person are added up.</remarks>
/// <param name="withTotals">Whether events are counted though the measure does not ask for them.</param>
sealed class CellTally(Measure measure, bool withTotals, ReportMemory memory)
{
    readonly bool countsTotals = withTotals || measure is Measure.Totals or Measure.AveragePerUser or Measure.Property { Kind: Aggregate.Average } or Measure.Histogram;
    readonly bool countsPersons = CountsPersons(measure);
    readonly bool isSum = measure is Measure.Property { Kind: Aggregate.Sum or Aggregate.Average };
    readonly bool isExtreme = measure is Measure.Property { Kind: Aggregate.Least or Aggregate.Greatest };
    readonly bool isLeast = measure is Measure.Property { Kind: Aggregate.Least };
    readonly CellValues? values = measure is Measure.Property { Kind: Aggregate.Median } or Measure.Percentile or Measure.Histogram ? new(memory) : null;
    readonly DistinctTally? distinct = measure is Measure.Distinct ? new(memory) : null;
    readonly PersonSummary? perUser = measure switch
    {
        Measure.PerUser of => new(of.Of, of.As, memory),
        Measure.Frequency of => new(of.Of, null, memory),
        _ => null,
    };
    long[] totals = [], persons = [];
    int[] lastPersons = [];
    double[] numbers = [];

    /// <summary>Whether a person, or a session, counts once however often, so that a whole is no sum of its buckets.</summary>
    public static bool CountsPersons(Measure measure) => measure is Measure.Uniques or Measure.Sessions or Measure.AveragePerUser or Measure.ActiveShare;

    /// <summary>The numbers that a distribution is of, by cell; null for other measures.</summary>
    public CellValues? Spread => measure is Measure.Histogram ? values : measure is Measure.Frequency ? perUser!.Values : null;

    public int CellCount { get; private set; }

    /// <summary>Makes room for more cells.</summary>
    public void Grow(int cellCount)
    {
        if (cellCount <= CellCount) return;
        var (known, capacity) = (CellCount, Math.Max(cellCount, CellCount * 2));
        var bytesPerCell = (countsTotals ? 8 : 0) + (countsPersons ? 12 : 0) + (isSum || isExtreme ? 8 : 0) + (distinct is null ? 0 : 4) + (perUser is null ? 0 : PersonSummary.BytesPerCell);
        memory.Take((long)(capacity - known) * bytesPerCell, "breakdowns", "break down by properties with fewer values, or filter");
        if (countsTotals) Array.Resize(ref totals, capacity);
        if (countsPersons)
        {
            Array.Resize(ref persons, capacity);
            Array.Resize(ref lastPersons, capacity);
            lastPersons.AsSpan(known).Fill(-1);
        }
        if (isSum || isExtreme) Array.Resize(ref numbers, capacity);
        if (isExtreme) numbers.AsSpan(known).Fill(double.NaN);
        distinct?.Grow(capacity);
        perUser?.Grow(capacity);
        CellCount = capacity;
    }

    /// <summary>Counts rows.</summary>
    /// <param name="cells">Each row's cell, less than <see cref="CellCount"/>; negative: the row counts nowhere.</param>
    /// <param name="personOf">Each row's person, or its session where these are counted, rows of one together; -1 for nobody. Empty where persons are not counted.</param>
    /// <param name="numberOf">Each row's number, or the number of its value; empty where none is asked for.</param>
    public void Count(ReadOnlySpan<int> cells, ReadOnlySpan<int> personOf, ReadOnlySpan<double> numberOf)
    {
        if (countsTotals) SegmentationKernel.CountRows(cells, totals);
        if (countsPersons) SegmentationKernel.CountPersons(cells, personOf, lastPersons, persons);
        if (isSum) SegmentationKernel.Sum(cells, numberOf, numbers);
        if (isExtreme) SegmentationKernel.Extreme(cells, numberOf, isLeast, numbers);
        values?.Add(cells, numberOf);
        distinct?.Count(cells, numberOf);
        perUser?.Count(cells, personOf, numberOf);
    }

    /// <summary>Counts the persons of rows laid out by person, all of one series.</summary>
    /// <param name="firstCell">The cell of the series' bucket 0.</param>
    /// <param name="firstPerson">The number of the first person.</param>
    public void CountPersons(ReadOnlySpan<long> times, ReadOnlySpan<int> starts, Buckets buckets, int firstCell, int firstPerson) =>
        SegmentationKernel.CountPersons(times, starts, buckets, firstPerson, lastPersons.AsSpan(firstCell), persons.AsSpan(firstCell));

    /// <summary>Whether a measure is one of those whose rows can go straight into their cells.</summary>
    public static bool TakesLineRows(Measure measure) => measure is Measure.Totals or Measure.Uniques or Measure.Property { Kind: Aggregate.Sum };

    /// <summary>Counts rows straight into the cells of these buckets, and into the wholes.</summary>
    public void Count(in LineRows picked, CellTally wholes)
    {
        if (countsTotals) SegmentationKernel.CountRows(picked, totals, wholes.totals);
        else if (wholes.countsTotals) SegmentationKernel.CountRows(picked, wholes.totals);
        if (countsPersons) SegmentationKernel.CountPersons(picked, lastPersons, persons, wholes.lastPersons, wholes.persons);
        if (isSum) SegmentationKernel.Sum(picked, numbers, wholes.numbers);
    }

    /// <summary>Counts persons who are counted nowhere else.</summary>
    public void AddPersons(int cell, int count) => persons[cell] += count;

    /// <summary>Adds cells of another tally to cells of this one.</summary>
    /// <param name="cellOfTheirs">Where each of the other's first cells belongs here.</param>
    /// <param name="valueOfTheirs">What the number of each of the other's values is here; empty where values are not told apart.</param>
    public void Add(CellTally other, ReadOnlySpan<int> cellOfTheirs, ReadOnlySpan<int> valueOfTheirs)
    {
        for (var theirs = 0; theirs < cellOfTheirs.Length; theirs++)
        {
            var cell = cellOfTheirs[theirs];
            if (countsTotals) totals[cell] += other.totals[theirs];
            if (countsPersons) persons[cell] += other.persons[theirs];
            if (isSum) numbers[cell] += other.numbers[theirs];
            if (isExtreme) SegmentationKernel.Extreme([cell], [other.numbers[theirs]], isLeast, numbers);
        }
        values?.Add(other.values!, cellOfTheirs);
        distinct?.Add(other.distinct!, cellOfTheirs, valueOfTheirs);
        perUser?.Add(other.perUser!, cellOfTheirs);
    }

    public long TotalOf(int cell) => totals[cell];

    /// <summary>The measure of a cell, once all is counted; 0 where there was nothing.</summary>
    public double ResultOf(int cell) => measure switch
    {
        Measure.Totals => totals[cell],
        Measure.Uniques or Measure.Sessions or Measure.ActiveShare => persons[cell],
        Measure.AveragePerUser => Ratio(totals[cell], persons[cell]),
        Measure.Property { Kind: Aggregate.Sum } => numbers[cell],
        Measure.Property { Kind: Aggregate.Average } => Ratio(numbers[cell], totals[cell]),
        Measure.Property { Kind: Aggregate.Least or Aggregate.Greatest } => double.IsNaN(numbers[cell]) ? 0 : numbers[cell],
        Measure.Property { Kind: Aggregate.Median } => values!.PercentileOf(cell, CellCount, 0.5),
        Measure.Percentile percentile => values!.PercentileOf(cell, CellCount, percentile.Fraction),
        Measure.Histogram => totals[cell],
        Measure.Distinct => distinct!.ResultOf(cell),
        Measure.PerUser or Measure.Frequency => perUser!.ResultOf(cell),
        _ => throw new ArgumentOutOfRangeException(nameof(cell), measure, "no measure"),
    };

    static double Ratio(double numerator, long denominator) => denominator == 0 ? 0 : numerator / denominator;
}
