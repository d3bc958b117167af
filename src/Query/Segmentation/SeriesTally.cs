using Cairn.Query.Definitions;
using Cairn.Query.Turns;

namespace Cairn.Query.Segmentation;

/// <summary>The tallies of all series a worker met: of each window while there are not too many, and of each series as a whole.</summary>
/// <param name="ranksByTotals">Whether the number of events decides which series are the largest.</param>
sealed class SeriesTally(Measure measure, LookbackAxis axis, bool ranksByTotals, ReportMemory memory)
{
    /// <summary>Cells of one worker; past it only wholes are counted, and the windows of the largest series in a second pass.</summary>
    const int MaxCells = 4_000_000;

    readonly int buckets = axis.WindowCount;
    readonly int[] cellOf = new int[RowBatch.Capacity];
    readonly CellTally wholes = new(measure, ranksByTotals, memory);
    readonly WindowBatch? windows = axis.IsPlain ? null : new(measure, axis);

    /// <summary>Null once there were too many.</summary>
    CellTally? cells = new(measure, withTotals: false, memory);

    public bool HasCells => cells is not null;

    /// <summary>Makes room for series.</summary>
    public void Grow(int seriesCount)
    {
        wholes.Grow(seriesCount);
        windows?.Grow(seriesCount);
        if ((long)seriesCount * buckets > MaxCells) cells = null;
        else cells?.Grow(seriesCount * buckets);
    }

    /// <summary>Counts a batch, of which only as much is read as the measure needs.</summary>
    public void Count(RowBatch batch)
    {
        var series = batch.Series.AsSpan(0, batch.Count);
        var persons = batch.Persons.AsSpan(0, batch.Count);
        var values = batch.Values.AsSpan(0, batch.Count);
        if (windows is not null)
        {
            CountWindows(batch, windows);
            return;
        }
        wholes.Count(series, persons, values);
        if (cells is null) return;
        for (var i = 0; i < series.Length; i++) cellOf[i] = series[i] * buckets + batch.Buckets[i];
        cells.Count(cellOf.AsSpan(0, series.Length), persons, values);
    }

    /// <summary>Whether rows that are in one series at most can be counted without a batch.</summary>
    public bool TakesLineRows => cells is not null && windows is null && CellTally.TakesLineRows(measure);

    /// <summary>Counts rows of one line; only where <see cref="TakesLineRows"/>.</summary>
    public void Count(in LineRows picked) => cells!.Count(picked, wholes);

    /// <summary>Counts the persons of rows laid out by person, all of one series.</summary>
    /// <param name="starts">Where each person's rows begin; every person has some.</param>
    /// <param name="axis">Every row lies in its range.</param>
    public void CountPersons(ReadOnlySpan<long> times, ReadOnlySpan<int> starts, Buckets axis, int series, int firstPerson)
    {
        wholes.AddPersons(series, starts.Length - 1);
        cells?.CountPersons(times, starts, axis, series * buckets, firstPerson);
    }

    /// <summary>Adds another worker's, with whom this one shares no person.</summary>
    /// <param name="seriesOfTheirs">What each of the other's series is here.</param>
    /// <param name="valueOfTheirs">What the number of each of the other's values is here; empty where values are not told apart.</param>
    public void Add(SeriesTally other, ReadOnlySpan<int> seriesOfTheirs, ReadOnlySpan<int> valueOfTheirs)
    {
        wholes.Add(other.wholes, seriesOfTheirs, valueOfTheirs);
        if (other.cells is null) cells = null;
        if (cells is null) return;
        var cellOfTheirs = new int[seriesOfTheirs.Length * buckets];
        for (var i = 0; i < cellOfTheirs.Length; i++) cellOfTheirs[i] = seriesOfTheirs[i / buckets] * buckets + i % buckets;
        cells.Add(other.cells!, cellOfTheirs, valueOfTheirs);
    }

    public long TotalOf(int series) => wholes.TotalOf(series);

    public double WholeOf(int series) => wholes.ResultOf(series);

    public double ResultOf(int series, int window) => cells!.ResultOf(series * buckets + window);

    /// <summary>The numbers that a series' distribution is of, ascending, over the whole range.</summary>
    public ReadOnlySpan<double> SpreadOf(int series) => wholes.Spread!.SortedOf(series, wholes.CellCount);

    /// <summary>Likewise in one window.</summary>
    public ReadOnlySpan<double> SpreadOf(int series, int window) => cells!.Spread!.SortedOf(series * buckets + window, cells.CellCount);

    void CountWindows(RowBatch batch, WindowBatch windows)
    {
        // Rows before the range count in windows alone.
        for (var i = 0; i < batch.Count; i++) cellOf[i] = batch.Buckets[i] < 0 ? -1 : batch.Series[i];
        wholes.Count(cellOf.AsSpan(0, batch.Count), batch.Persons.AsSpan(0, batch.Count), batch.Values.AsSpan(0, batch.Count));
        if (cells is null) return;
        windows.Spread(batch, cells);
    }
}
