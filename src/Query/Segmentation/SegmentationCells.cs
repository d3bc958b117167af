using Cairn.Query.Definitions;

namespace Cairn.Query.Segmentation;

/// <summary>The series that were counted for one metric, to be chosen from and answered.</summary>
sealed class SegmentationCells(SegmentationPlan plan, JoinedSeries joined) : ICountedSeries
{
    /// <summary>Buckets of all series that are answered; each takes up to 40 bytes while it is computed.</summary>
    const int MaxCells = 5_000_000;

    readonly int windows = plan.Axis.WindowCount;

    /// <summary>The series of breakdown values, which a limit chooses from.</summary>
    public IEnumerable<int> Values => Enumerable.Range(0, joined.Series.Keys.Count).Where(index => plan.Lines[LineOf(index)].Kind == LineKind.Values);

    public int LineOf(int index) => joined.Series.Keys[index].Line;

    /// <summary>By what the largest are chosen.</summary>
    public double SizeOf(int index) => plan.RanksByTotals ? joined.Tally.TotalOf(index) : joined.Tally.WholeOf(index);

    /// <summary>By what equal ones are ordered.</summary>
    public string OrderOf(int index) => string.Join('\0', KeysOf(index));

    public SeriesName NameOf(int index)
    {
        var line = plan.Lines[LineOf(index)];
        return new(line.EventIndex, line.ComparedIndex, SeriesKind.Value, SeriesName.TextOf(KeysOf(index)));
    }

    /// <summary>Whether the choice leaves some out.</summary>
    public bool LeavesOut(IReadOnlyList<int> chosen) => Values.Count() > chosen.Count;

    /// <summary>The series that must be counted one by one for the chosen ones to be answered: themselves, the overall ones, and those they are divided by.</summary>
    public HashSet<NamedSeries> Needed(IReadOnlyList<int> chosen)
    {
        var all = chosen.Concat(Overall);
        var needed = all.Select(joined.NameOf).ToHashSet();
        if (plan.Metric.Measure is Measure.ActiveShare) needed.UnionWith(all.Select(DenominatorOf).Where(index => index >= 0).Select(joined.NameOf));
        return needed;
    }

    /// <param name="counted">Where the buckets of the chosen series were counted: here, or in a second pass, which has the others of each line as well.</param>
    /// <param name="withOther">Whether there are others.</param>
    /// <returns>By line and compared filter: the overall one, the chosen ones, the others.</returns>
    public IReadOnlyList<Series> Answer(IReadOnlyList<int> chosen, JoinedSeries counted, bool withOther)
    {
        if ((long)chosen.Count * windows > MaxCells)
            throw new DefinitionException("limit", $"{chosen.Count} series of {windows} buckets are too many; ask for a lower limit or a longer unit");
        var indexes = Enumerable.Range(0, counted.Series.Keys.Count).ToDictionary(counted.NameOf);
        var answered = new List<(Series Series, int Counted)>();
        foreach (var index in Overall) answered.Add((SeriesOf(index, SeriesKind.Overall, counted, indexes), indexes.GetValueOrDefault(joined.NameOf(index), -1)));
        foreach (var index in chosen) answered.Add((SeriesOf(index, SeriesKind.Value, counted, indexes), indexes.GetValueOrDefault(joined.NameOf(index), -1)));
        if (withOther)
            for (var index = 0; index < counted.Series.Keys.Count; index++)
                if (counted.Series.Keys[index].IsOther) answered.Add((OtherOf(index, counted), index));
        var ordered = answered.OrderBy(one => one.Series.EventIndex).ThenBy(one => one.Series.ComparedIndex).ThenBy(one => one.Series.Kind).ToArray();
        if (plan.Metric.Measure is not (Measure.Frequency or Measure.Histogram)) return [.. ordered.Select(one => one.Series)];
        var bins = new SeriesBins(plan, counted).Of([.. ordered.Select(one => one.Counted)]);
        return [.. ordered.Select((one, at) => one.Series with { Bins = bins[at] })];
    }

    IEnumerable<int> Overall => Enumerable.Range(0, joined.Series.Keys.Count).Where(index => plan.Lines[LineOf(index)].Kind == LineKind.Overall);

    Series SeriesOf(int index, SeriesKind kind, JoinedSeries counted, Dictionary<NamedSeries, int> indexes)
    {
        var line = plan.Lines[LineOf(index)];
        var values = ValuesOf(index);
        var whole = joined.Tally.WholeOf(index);
        if (plan.Metric.Measure is Measure.ActiveShare)
        {
            var active = DenominatorOf(index);
            var all = active < 0 ? new double[windows] : ValuesOf(active);
            for (var window = 0; window < windows; window++) values[window] = Share(values[window], all[window]);
            whole = Share(whole, active < 0 ? 0 : joined.Tally.WholeOf(active));
        }
        return new(line.EventIndex, line.ComparedIndex, KeysOf(index), Shown(plan, values), whole) { Kind = kind };

        double[] ValuesOf(int of) => indexes.TryGetValue(joined.NameOf(of), out var at) ? WindowsOf(counted, at) : new double[windows];
    }

    Series OtherOf(int index, JoinedSeries counted)
    {
        var line = plan.Lines[counted.Series.Keys[index].Line];
        return new(line.EventIndex, line.ComparedIndex, [], Shown(plan, WindowsOf(counted, index)), counted.Tally.WholeOf(index)) { Kind = SeriesKind.Other };
    }

    double[] WindowsOf(JoinedSeries counted, int index)
    {
        var found = new double[windows];
        for (var window = 0; window < windows; window++) found[window] = counted.Tally.ResultOf(index, window);
        return found;
    }

    /// <summary>The numbers of the answered buckets, out of those of the windows.</summary>
    internal static double[] Shown(SegmentationPlan plan, double[] values)
    {
        switch (plan.Metric.Lookback)
        {
            case Lookback.Average average:
                return [.. Enumerable.Range(plan.Axis.Lead, plan.Axis.Shown.Count).Select(at => values.AsSpan(at - average.Buckets + 1, average.Buckets).ToArray().Average())];
            case Lookback.SinceStart when plan.Axis.IsPlain:
                for (var bucket = 1; bucket < values.Length; bucket++) values[bucket] += values[bucket - 1];
                return values;
            default:
                return values;
        }
    }

    internal static double Share(double part, double all) => all == 0 ? 0 : part / all;

    /// <summary>The series of those active at all, of the same compared filter and the same values of the report's breakdowns; -1 where there is none.</summary>
    int DenominatorOf(int index)
    {
        var key = joined.Series.Keys[index];
        var line = plan.Lines[key.Line];
        var breakdowns = line.Kind == LineKind.Overall ? 0 : plan.Definition.Breakdowns.Count;
        var denominator = new SeriesKey(DenominatorLine(line.ComparedIndex, breakdowns));
        var own = line.Breakdowns.Count - breakdowns;
        for (var i = 0; i < breakdowns; i++) denominator = denominator.With(i, key[own + i]);
        return joined.Series.Find(denominator);
    }

    int DenominatorLine(int comparedIndex, int breakdowns)
    {
        for (var line = 0; line < plan.Lines.Count; line++)
            if (plan.Lines[line] is { Kind: LineKind.Denominator } found && found.ComparedIndex == comparedIndex && found.Breakdowns.Count == breakdowns) return line;
        throw new InvalidOperationException("a share has no line of those who are active");
    }

    string[] KeysOf(int index)
    {
        var name = joined.NameOf(index);
        var keys = new string[plan.Lines[name.Line].Breakdowns.Count];
        for (var i = 0; i < keys.Length; i++) keys[i] = name[i] ?? plan.Definition.Switches.MissingKey;
        return keys;
    }
}
