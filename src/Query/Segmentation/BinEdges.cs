using Cairn.Query.Definitions;

namespace Cairn.Query.Segmentation;

/// <summary>Where the bins of a distribution begin.</summary>
static class BinEdges
{
    /// <summary>Bins that are aimed at where no edges are given.</summary>
    const int Wanted = 12;

    /// <summary>Edges for numbers of which the least and the greatest are known: multiples of a round width.</summary>
    /// <param name="areWhole">Whether the numbers are counts, so that no bin is narrower than 1.</param>
    public static IReadOnlyList<double> For(double least, double greatest, bool areWhole)
    {
        var width = RoundWidth(least, greatest, Wanted);
        if (areWhole) width = Math.Max(1, width);
        var (first, last) = (Math.Floor(least / width), Math.Floor(greatest / width));
        // One more: where the last bin ends. Numbers too large to be told apart by the width have one bin.
        if (!(last - first < Metric.MaxEdges)) return [least];
        var edges = new double[(int)(last - first) + 2];
        for (var i = 0; i < edges.Length; i++) edges[i] = Times(first + i, width);
        return edges;
    }

    /// <summary>1, 2 or 5 times a power of ten, so that about as many bins as are wanted cover the numbers; 1 where there is but one number.</summary>
    public static double RoundWidth(double least, double greatest, int wanted)
    {
        if (greatest == least) return 1;
        var raw = Math.Max((greatest - least) / wanted, 1e-9);
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        return (raw / power) switch { <= 1 => power, <= 2 => 2 * power, <= 5 => 5 * power, _ => 10 * power };
    }

    /// <summary>How many of ascending numbers lie below the first edge, from each edge to the next, and from the last one on.</summary>
    public static int[] Counts(ReadOnlySpan<double> ascending, IReadOnlyList<double> edges)
    {
        var counts = new int[edges.Count + 1];
        var from = 0;
        for (var i = 0; i < edges.Count; i++)
        {
            var until = from;
            while (until < ascending.Length && ascending[until] < edges[i]) until++;
            counts[i] = until - from;
            from = until;
        }
        counts[^1] = ascending.Length - from;
        return counts;
    }

    /// <summary>A multiple of a round width without the noise of 3 * 0.1.</summary>
    static double Times(double count, double width) => width >= 1 ? count * width : count / Math.Round(1 / width);
}
