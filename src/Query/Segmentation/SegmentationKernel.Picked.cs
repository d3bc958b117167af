namespace Cairn.Query.Segmentation;

/// <summary>The loops over rows that go straight into their cells. A series' cell of a bucket is its number times the buckets, plus the bucket.</summary>
static partial class SegmentationKernel
{
    /// <summary>
    /// Few rows of many lie far apart in memory: their times are fetched a block at a time, so that the waits for them overlap.
    /// </summary>
    const int RowsOfBlock = 256;

    /// <summary>Counts rows.</summary>
    /// <param name="cells">Added to, one count a bucket of each series.</param>
    /// <param name="wholes">Added to, one count a series.</param>
    public static void CountRows(in PickedRows picked, Span<long> cells, Span<long> wholes)
    {
        var (buckets, bucketCount, only) = (picked.Buckets, picked.Buckets.Count, picked.OnlySeries * picked.Buckets.Count);
        Span<long> times = stackalloc long[RowsOfBlock];
        for (var first = 0; first < picked.Rows.Length; first += RowsOfBlock)
        {
            var count = Fetch(picked, first, times);
            var series = picked.Series.IsEmpty ? [] : picked.Series.Slice(first, count);
            for (var i = 0; i < count; i++)
                if (series.IsEmpty) cells[only + buckets.IndexOf(times[i])]++;
                else if (series[i] >= 0) cells[series[i] * bucketCount + buckets.IndexOf(times[i])]++;
        }
        CountRows(picked, wholes);
    }

    /// <summary>The times of a block of rows; gives how many there are.</summary>
    static int Fetch(in PickedRows picked, int first, Span<long> times)
    {
        var all = picked.Times;
        var rows = picked.Rows.Slice(first, Math.Min(RowsOfBlock, picked.Rows.Length - first));
        for (var i = 0; i < rows.Length; i++) times[i] = all[rows[i]];
        return rows.Length;
    }

    /// <summary>Counts the rows of each series as a whole.</summary>
    /// <param name="wholes">Added to, one count a series.</param>
    public static void CountRows(in PickedRows picked, Span<long> wholes)
    {
        var numbers = picked.Numbers;
        if (numbers.IsEmpty && picked.Series.IsEmpty)
        {
            wholes[picked.OnlySeries] += picked.Rows.Length;
            return;
        }
        for (var i = 0; i < picked.Rows.Length; i++)
        {
            var own = picked.Series.IsEmpty ? picked.OnlySeries : picked.Series[i];
            if (own >= 0 && (numbers.IsEmpty || !double.IsNaN(numbers[i]))) wholes[own]++;
        }
    }

    /// <summary>Counts different persons; rows of nobody count nowhere.</summary>
    /// <param name="lastPersons">Work space, one a cell, holding no number of these persons; so is <paramref name="lastOfWholes"/>, one a series.</param>
    /// <param name="cells">Added to, one count a bucket of each series.</param>
    /// <param name="wholes">Added to, one count a series.</param>
    public static void CountPersons(in PickedRows picked, Span<int> lastPersons, Span<long> cells, Span<int> lastOfWholes, Span<long> wholes)
    {
        var rows = picked.Rows;
        var times = picked.Times;
        var starts = picked.Starts;
        var (buckets, bucketCount) = (picked.Buckets, picked.Buckets.Count);
        if (picked.PersonCount == 0) return;
        var series = picked.Series.IsEmpty ? [] : picked.Series[..rows.Length];
        var (place, personEnd, only) = (-1, 0, picked.OnlySeries);
        var (bucket, sameUntilMs) = (0, long.MinValue);
        for (var i = 0; i < rows.Length; i++)
        {
            var row = rows[i];
            if (row >= personEnd)
            {
                do personEnd = starts[++place + 1];
                while (row >= personEnd);
                sameUntilMs = long.MinValue;
            }
            // A person's rows ascend in time: most stay in the bucket of the one before.
            if (times[row] >= sameUntilMs) bucket = buckets.IndexOf(times[row], out sameUntilMs);
            var own = series.IsEmpty ? only : series[i];
            if (own < 0) continue;
            var cell = own * bucketCount + bucket;
            var person = picked.FirstPerson + place;
            if (lastPersons[cell] == person) continue;
            lastPersons[cell] = person;
            cells[cell]++;
            if (lastOfWholes[own] == person) continue;
            lastOfWholes[own] = person;
            wholes[own]++;
        }
    }

    /// <summary>Adds up numbers, in the order of the rows.</summary>
    /// <param name="cells">Added to, one sum a bucket of each series.</param>
    /// <param name="wholes">Added to, one sum a series.</param>
    public static void Sum(in PickedRows picked, Span<double> cells, Span<double> wholes)
    {
        var (buckets, bucketCount) = (picked.Buckets, picked.Buckets.Count);
        Span<long> times = stackalloc long[RowsOfBlock];
        for (var first = 0; first < picked.Rows.Length; first += RowsOfBlock)
        {
            var count = Fetch(picked, first, times);
            var numbers = picked.Numbers.Slice(first, count);
            var series = picked.Series.IsEmpty ? [] : picked.Series.Slice(first, count);
            for (var i = 0; i < count; i++)
            {
                var own = series.IsEmpty ? picked.OnlySeries : series[i];
                if (own < 0 || double.IsNaN(numbers[i])) continue;
                cells[own * bucketCount + buckets.IndexOf(times[i])] += numbers[i];
                wholes[own] += numbers[i];
            }
        }
    }
}
