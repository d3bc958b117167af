using Cairn.Query.Definitions;
using Cairn.Query.Turns;

namespace Cairn.Query.Sessions;

/// <summary>How the lengths of sessions lie: percentiles and bins.</summary>
/// <remarks>
/// A percentile p of n ascending values is the value at place p (n - 1), counted from 0; between two values it is interpolated (Hyndman and Fan, "Sample Quantiles
/// in Statistical Packages", definition 7).
/// </remarks>
static class LengthSpread
{
    /// <summary>Percentiles and bins of what several cells hold.</summary>
    /// <param name="bordersMs">Of the bins.</param>
    public static (SessionLengths? Lengths, IReadOnlyList<long> Bins) Of(IReadOnlyList<SessionCell> cells, IReadOnlyList<long> bordersMs, ReportMemory memory)
    {
        var (instants, count) = (cells.Sum(cell => cell.Instants), cells.Sum(cell => cell.LengthCount));
        var bins = new long[bordersMs.Count - 1];
        if (instants + count == 0) return (null, bins);
        // Sorting takes as much again.
        memory.Take(2L * count * sizeof(long), "range", "percentiles look at all lengths at once; ask for a shorter range, or filter");
        var lengths = new long[count];
        var at = 0;
        foreach (var cell in cells)
        {
            cell.Lengths.CopyTo(lengths.AsSpan(at));
            at += cell.LengthCount;
        }
        lengths = LengthSort.Ascending(lengths);
        for (var bin = 0; bin < bins.Length; bin++)
            bins[bin] = CountBelow(lengths, instants, bordersMs[bin + 1]) - CountBelow(lengths, instants, bordersMs[bin]);
        var least = instants > 0 ? 0 : lengths[0];
        var greatest = count > 0 ? lengths[^1] : 0;
        double Percentile(double p) => PercentileOf(lengths, instants, p);
        memory.Give(2L * count * sizeof(long));
        return (new(least, Percentile(0.25), Percentile(0.5), Percentile(0.75), Percentile(0.9), Percentile(0.99), greatest), bins);
    }

    /// <param name="ascending">Those that are not 0.</param>
    /// <param name="zeros">How many are.</param>
    internal static double PercentileOf(ReadOnlySpan<long> ascending, long zeros, double percentile)
    {
        var place = percentile * (zeros + ascending.Length - 1);
        var below = (long)place;
        var value = ValueAt(ascending, zeros, below);
        return place == below ? value : value + (place - below) * (ValueAt(ascending, zeros, below + 1) - value);
    }

    static double ValueAt(ReadOnlySpan<long> ascending, long zeros, long place) => place < zeros ? 0 : ascending[(int)(place - zeros)];

    static long CountBelow(long[] ascending, long zeros, long border)
    {
        if (border == 0) return 0;
        var (low, high) = (0, ascending.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (ascending[middle] < border) low = middle + 1;
            else high = middle;
        }
        return zeros + low;
    }
}
