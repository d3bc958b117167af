using Cairn.Query.Definitions;

namespace Cairn.Query.Segmentation;

/// <summary>Chooses the largest series of a report and answers them.</summary>
sealed class SegmentationCells(SegmentationPlan plan, JoinedSeries joined)
{
    /// <summary>Buckets of all series that are answered; each takes up to 40 bytes while it is computed.</summary>
    const int MaxCells = 5_000_000;

    readonly int buckets = plan.Buckets.Count;

    /// <summary>The largest series of each line, largest first, equal ones by their keys; and how many there were.</summary>
    public (IReadOnlyList<int> Chosen, int BeforeLimit) Choose()
    {
        var sizeOf = plan.RanksByTotals ? (Func<int, double>)(index => joined.Tally.TotalOf(index)) : joined.Tally.WholeOf;
        var chosen = new List<int>();
        var beforeLimit = 0;
        foreach (var line in Enumerable.Range(0, joined.Series.Keys.Count).GroupBy(index => joined.Series.Keys[index].Line).OrderBy(line => line.Key))
        {
            if (plan.Lines[line.Key].IsDenominator) continue;
            beforeLimit += line.Count();
            chosen.AddRange(line
                .OrderByDescending(sizeOf)
                .ThenBy(index => string.Join('\0', KeysOf(index)), StringComparer.Ordinal)
                .Take(plan.Definition.Limit));
        }
        if ((long)chosen.Count * buckets > MaxCells)
            throw new DefinitionException("limit", $"{chosen.Count} series of {buckets} buckets are too many; ask for a lower limit or a longer unit");
        return (chosen, beforeLimit);
    }

    /// <summary>The series whose buckets an answer of the chosen ones needs: themselves, and those they are divided by.</summary>
    public HashSet<NamedSeries> Needed(IReadOnlyList<int> chosen)
    {
        var needed = chosen.Select(joined.NameOf).ToHashSet();
        if (plan.Definition.Measure is Measure.ActiveShare) needed.UnionWith(chosen.Select(DenominatorOf).Where(index => index >= 0).Select(joined.NameOf));
        return needed;
    }

    /// <param name="counted">Where the buckets of the chosen series were counted: here, or in a second pass.</param>
    public IReadOnlyList<Series> Answer(IReadOnlyList<int> chosen, JoinedSeries counted)
    {
        var indexes = Enumerable.Range(0, counted.Series.Keys.Count).ToDictionary(counted.NameOf);
        return [.. chosen.Select(index => SeriesOf(index, counted, indexes))];
    }

    Series SeriesOf(int index, JoinedSeries counted, Dictionary<NamedSeries, int> indexes)
    {
        var line = plan.Lines[joined.Series.Keys[index].Line];
        var values = ValuesOf(index);
        var whole = joined.Tally.WholeOf(index);
        if (plan.Definition.Measure is Measure.ActiveShare)
        {
            var active = DenominatorOf(index);
            var all = active < 0 ? new double[buckets] : ValuesOf(active);
            for (var bucket = 0; bucket < buckets; bucket++) values[bucket] = Share(values[bucket], all[bucket]);
            whole = Share(whole, active < 0 ? 0 : joined.Tally.WholeOf(active));
        }
        return new(line.EventIndex, line.ComparedIndex, KeysOf(index), values, whole);

        double[] ValuesOf(int of)
        {
            var found = new double[buckets];
            if (indexes.TryGetValue(joined.NameOf(of), out var at))
                for (var bucket = 0; bucket < buckets; bucket++) found[bucket] = counted.Tally.ResultOf(at, bucket);
            return found;
        }
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
        var name = joined.NameOf(index);
        var keys = new string[plan.Lines[name.Line].Breakdowns.Count];
        for (var i = 0; i < keys.Length; i++) keys[i] = name[i] ?? plan.Definition.Switches.MissingKey;
        return keys;
    }
}
