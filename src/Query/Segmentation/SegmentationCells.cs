using Cairn.Query.Definitions;

namespace Cairn.Query.Segmentation;

/// <summary>Chooses the largest series of a report and computes each of their buckets.</summary>
sealed class SegmentationCells(SegmentationPlan plan, JoinedRows joined, int personCount)
{
    /// <summary>Buckets of all series that are answered; each takes up to 40 bytes while it is computed.</summary>
    const int MaxCells = 5_000_000;

    readonly CellMeasures measures = new(joined.Rows, plan.Definition.Measure, personCount);
    readonly int buckets = plan.Buckets.Count;

    /// <summary>The answer's series, and how many there were before the limit.</summary>
    public (IReadOnlyList<Series> Series, int BeforeLimit) Compute(CancellationToken cancellationToken)
    {
        // A line without breakdowns has its series whether or not anything happened.
        for (var line = 0; line < plan.Lines.Count; line++)
            if (plan.Lines[line].Breakdowns.Count == 0) joined.Series.IndexOf(new(line));
        var wholes = measures.Of(joined.Rows.Series, joined.Series.Keys.Count);
        var (chosen, beforeLimit) = Choose(wholes);
        var computed = plan.Definition.Measure is Measure.ActiveShare ? [.. chosen.Union(chosen.Select(DenominatorOf).Where(index => index >= 0))] : chosen;
        if ((long)computed.Count * buckets > MaxCells)
            throw new DefinitionException("limit", $"{computed.Count} series of {buckets} buckets are too many; ask for a lower limit or a longer unit");
        cancellationToken.ThrowIfCancellationRequested();
        return (Answered(chosen, computed, wholes), beforeLimit);
    }

    /// <summary>The largest series of each line, largest first; equal ones by their keys.</summary>
    (List<int> Chosen, int BeforeLimit) Choose(double[] wholes)
    {
        var sizes = plan.Definition.Switches.RankBy == RankBy.Totals
            ? Array.ConvertAll(CellMeasures.Totals(joined.Rows.Series, wholes.Length), count => (double)count)
            : wholes;
        var chosen = new List<int>();
        var beforeLimit = 0;
        foreach (var line in Enumerable.Range(0, joined.Series.Keys.Count).GroupBy(index => joined.Series.Keys[index].Line).OrderBy(line => line.Key))
        {
            if (plan.Lines[line.Key].IsDenominator) continue;
            beforeLimit += line.Count();
            chosen.AddRange(line
                .OrderByDescending(index => sizes[index])
                .ThenBy(index => string.Join('\0', KeysOf(index)), StringComparer.Ordinal)
                .Take(plan.Definition.Limit));
        }
        return (chosen, beforeLimit);
    }

    IReadOnlyList<Series> Answered(List<int> chosen, List<int> computed, double[] wholes)
    {
        var firstCellOf = new int[wholes.Length];
        Array.Fill(firstCellOf, -1);
        for (var i = 0; i < computed.Count; i++) firstCellOf[computed[i]] = i * buckets;
        var series = joined.Rows.Series;
        var bucketOf = joined.Rows.Buckets;
        var cellOf = new int[series.Length];
        for (var row = 0; row < cellOf.Length; row++) cellOf[row] = firstCellOf[series[row]] < 0 ? -1 : firstCellOf[series[row]] + bucketOf[row];
        var cells = measures.Of(cellOf, computed.Count * buckets);
        return [.. chosen.Select(index => SeriesOf(index, wholes, cells, firstCellOf))];
    }

    Series SeriesOf(int index, double[] wholes, double[] cells, int[] firstCellOf)
    {
        var line = plan.Lines[joined.Series.Keys[index].Line];
        var values = cells.AsSpan(firstCellOf[index], buckets).ToArray();
        var whole = wholes[index];
        if (plan.Definition.Measure is Measure.ActiveShare)
        {
            var active = DenominatorOf(index);
            for (var bucket = 0; bucket < buckets; bucket++) values[bucket] = Share(values[bucket], active < 0 ? 0 : cells[firstCellOf[active] + bucket]);
            whole = Share(whole, active < 0 ? 0 : wholes[active]);
        }
        return new(line.EventIndex, line.ComparedIndex, KeysOf(index), values, whole);
    }

    static double Share(double part, double all) => all == 0 ? 0 : part / all;

    /// <summary>The series of those active at all, of the same compared filter and the same values of the report's breakdowns; -1 where there is none.</summary>
    int DenominatorOf(int index)
    {
        var key = joined.Series.Keys[index];
        var line = plan.Lines[key.Line];
        var denominatorLine = plan.Lines.Count - Math.Max(1, plan.Definition.Compared.Count) + line.ComparedIndex;
        var denominator = new SeriesKey(denominatorLine);
        var own = line.Breakdowns.Count - plan.Definition.Breakdowns.Count;
        for (var i = 0; i < plan.Definition.Breakdowns.Count; i++) denominator = denominator.With(i, key[own + i]);
        return joined.Series.Find(denominator);
    }

    string[] KeysOf(int index)
    {
        var key = joined.Series.Keys[index];
        var keys = new string[plan.Lines[key.Line].Breakdowns.Count];
        for (var i = 0; i < keys.Length; i++) keys[i] = joined.TextOf(key[i]) ?? plan.Definition.Switches.MissingKey;
        return keys;
    }
}
