using Cairn.Query.Definitions;

namespace Cairn.Query.Segmentation;

/// <summary>Rows spread over the windows that look back to them: a row counts once in each.</summary>
/// <remarks>Where persons alone are counted, windows that a person is known to be in already are passed over, so that a window costs once a person.</remarks>
sealed class WindowBatch(Measure measure, LookbackAxis axis)
{
    const int Nobody = -1;

    readonly bool countsPersonsOnly = measure is Measure.Uniques or Measure.ActiveShare;
    readonly int[] cells = new int[RowBatch.Capacity], persons = new int[RowBatch.Capacity];
    readonly double[] values = new double[RowBatch.Capacity];
    int count;

    // Of each series: the last person, and the windows that this person is counted in.
    int[] lastPersons = [], counted = [], countedTo = [];

    public void Grow(int seriesCount)
    {
        if (!countsPersonsOnly || seriesCount <= lastPersons.Length) return;
        var (known, capacity) = (lastPersons.Length, Math.Max(seriesCount, 2 * lastPersons.Length));
        Array.Resize(ref lastPersons, capacity);
        Array.Resize(ref counted, capacity);
        Array.Resize(ref countedTo, capacity);
        lastPersons.AsSpan(known).Fill(Nobody);
    }

    /// <summary>Counts a batch into the cells of its windows.</summary>
    public void Spread(RowBatch batch, CellTally tally)
    {
        for (var i = 0; i < batch.Count; i++)
        {
            var bucket = batch.Buckets[i] < 0 ? ~batch.Buckets[i] : batch.Buckets[i];
            var (series, person) = (batch.Series[i], batch.Persons[i]);
            var (first, last) = axis.WindowsOf(bucket);
            if (countsPersonsOnly && person < 0) continue;
            for (var window = first; window <= last; window++)
            {
                if (countsPersonsOnly && lastPersons[series] == person && window >= counted[series] && window <= countedTo[series])
                {
                    window = countedTo[series];
                    continue;
                }
                if (count == RowBatch.Capacity) Flush(tally);
                (cells[count], persons[count], values[count]) = (series * axis.WindowCount + window, person, batch.Values[i]);
                count++;
            }
            // Where a clock goes back, windows do too: those are looked at again, and count nobody twice.
            if (countsPersonsOnly && first <= last) (lastPersons[series], counted[series], countedTo[series]) = (person, first, last);
        }
        Flush(tally);
    }

    void Flush(CellTally tally)
    {
        tally.Count(cells.AsSpan(0, count), persons.AsSpan(0, count), values.AsSpan(0, count));
        count = 0;
    }
}
