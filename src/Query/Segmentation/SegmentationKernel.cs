using Cairn.Query.Definitions;

namespace Cairn.Query.Segmentation;

/// <summary>Counts and aggregates over gathered rows. A cell is one bucket of one series, or one series as a whole.</summary>
/// <remarks>Meaning: docs/semantics/segmentation.md, "Measures"; the naive twin is the tests' oracle.</remarks>
static partial class SegmentationKernel
{
    /// <summary>Counts the rows of each cell.</summary>
    /// <param name="cells">Each row's cell; negative: the row counts nowhere.</param>
    /// <param name="counts">Added to, one count a cell.</param>
    public static void CountRows(ReadOnlySpan<int> cells, Span<long> counts)
    {
        foreach (var cell in cells)
            if (cell >= 0) counts[cell]++;
    }

    /// <summary>Counts the different persons of each cell.</summary>
    /// <param name="cells">Each row's cell; negative: the row counts nowhere.</param>
    /// <param name="persons">Each row's person, the same length; rows of one person must stand together. Negative: nobody.</param>
    /// <param name="lastPersons">Work space, one a cell, all -1.</param>
    /// <param name="counts">Added to, one count a cell.</param>
    public static void CountPersons(ReadOnlySpan<int> cells, ReadOnlySpan<int> persons, Span<int> lastPersons, Span<long> counts)
    {
        for (var row = 0; row < cells.Length; row++)
        {
            var cell = cells[row];
            if (cell < 0 || persons[row] < 0 || lastPersons[cell] == persons[row]) continue;
            lastPersons[cell] = persons[row];
            counts[cell]++;
        }
    }

    /// <summary>Counts the different persons of each bucket over all rows of people laid out person by person.</summary>
    /// <param name="times">Unix milliseconds, ascending within a person, all inside the range of <paramref name="buckets"/>.</param>
    /// <param name="starts">Where each person's rows begin, and where the last one's end.</param>
    /// <param name="firstPerson">The number of the first person.</param>
    /// <param name="lastPersons">Work space, one a bucket, holding no number of these persons.</param>
    /// <param name="counts">Added to, one count a bucket.</param>
    public static void CountPersons(
        ReadOnlySpan<long> times, ReadOnlySpan<int> starts, Buckets buckets, int firstPerson, Span<int> lastPersons, Span<long> counts)
    {
        for (var person = 0; person + 1 < starts.Length; person++)
        {
            var end = starts[person + 1];
            for (var row = starts[person]; row < end;)
            {
                var bucket = buckets.IndexOf(times[row], out var sameUntilMs);
                // A bucket may come again: the hour that a clock shows twice, by the minute.
                if (lastPersons[bucket] != firstPerson + person)
                {
                    lastPersons[bucket] = firstPerson + person;
                    counts[bucket]++;
                }
                do row++;
                while (row < end && times[row] < sameUntilMs);
            }
        }
    }

    /// <summary>Adds up the values of each cell, in the order of the rows.</summary>
    public static void Sum(ReadOnlySpan<int> cells, ReadOnlySpan<double> values, Span<double> sums)
    {
        for (var row = 0; row < cells.Length; row++)
            if (cells[row] >= 0) sums[cells[row]] += values[row];
    }

    /// <summary>The least or greatest value of each cell; cells without rows keep what they had.</summary>
    /// <param name="isLeast">Least; otherwise greatest.</param>
    /// <param name="extremes">NaN where nothing was seen yet.</param>
    public static void Extreme(ReadOnlySpan<int> cells, ReadOnlySpan<double> values, bool isLeast, Span<double> extremes)
    {
        for (var row = 0; row < cells.Length; row++)
        {
            if (cells[row] < 0) continue;
            ref var extreme = ref extremes[cells[row]];
            if (double.IsNaN(extreme) || (isLeast ? values[row] < extreme : values[row] > extreme)) extreme = values[row];
        }
    }

    /// <summary>The median of ascending values: the middle one, or the mean of the two in the middle.</summary>
    public static double MedianOfSorted(ReadOnlySpan<double> ascending)
    {
        var middle = ascending.Length / 2;
        return ascending.Length % 2 == 1 ? ascending[middle] : ascending[middle - 1] / 2 + ascending[middle] / 2;
    }

    /// <summary>
    /// A percentile of ascending values: of n the one at place p (n - 1), counted from 0; between two it is interpolated (Hyndman and Fan, "Sample
    /// Quantiles in Statistical Packages", definition 7).
    /// </summary>
    /// <param name="fraction">p, from 0 to 1.</param>
    public static double PercentileOfSorted(ReadOnlySpan<double> ascending, double fraction)
    {
        var place = fraction * (ascending.Length - 1);
        var below = (int)place;
        // Halves apart: the mean of two great numbers must not overflow.
        return place == below ? ascending[below] : ascending[below] * (below + 1 - place) + ascending[below + 1] * (place - below);
    }

    /// <summary>Row numbers ordered by a number each row has, rows of one number in their own order (a counting sort).</summary>
    /// <param name="numbers">From -1; those of -1 are left out.</param>
    /// <param name="numberCount">The numbers run up to this, exclusive.</param>
    /// <param name="starts">Set to where each number's rows begin in the result; one longer than <paramref name="numberCount"/>.</param>
    public static int[] OrderBy(ReadOnlySpan<int> numbers, int numberCount, Span<int> starts)
    {
        starts.Clear();
        foreach (var number in numbers)
            if (number >= 0) starts[number + 1]++;
        for (var number = 0; number < numberCount; number++) starts[number + 1] += starts[number];
        var order = new int[starts[numberCount]];
        // Each start moves to its number's end while rows are placed, and so to the next number's start: it is put back after.
        for (var row = 0; row < numbers.Length; row++)
            if (numbers[row] >= 0) order[starts[numbers[row]]++] = row;
        for (var number = numberCount; number > 0; number--) starts[number] = starts[number - 1];
        starts[0] = 0;
        return order;
    }
}
