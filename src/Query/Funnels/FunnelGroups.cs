using System.Runtime.InteropServices;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Scanning;
using Cairn.Query.Segmentation;
using Cairn.Query.Turns;

namespace Cairn.Query.Funnels;

/// <summary>Which series an attempt belongs to, by the values along it.</summary>
/// <remarks>One worker's own. A list counts in the series of each of its elements.</remarks>
sealed class FunnelGroups
{
    const int Missing = int.MinValue;

    readonly FunnelAttribution attribution;
    readonly ValueMemo<int>[] memos;
    readonly int[][] codes;

    /// <summary>The rows whose values matter, attempt by attempt: one each where a step is named, else one a step.</summary>
    readonly List<int> rows = [];

    /// <summary>With one breakdown: the series of each of its values under the compared filter at hand, -1 where it has none yet.</summary>
    int[] seriesByValue = [];
    int comparedAtHand = -1;

    public FunnelGroups(FunnelPlan plan, ReportMemory memory)
    {
        attribution = plan.Definition.Attribution;
        Keys = new(plan.Definition.Switches.MissingKey, memory);
        memos = [.. plan.Breakdowns.Select(breakdown => new ValueMemo<int>(
            breakdown, value => value.IsMissing || value.Kind == ValueKind.List && value.Items.Count == 0 ? Missing : Keys.NumberOf(value)))];
        codes = new int[memos.Length][];
    }

    /// <summary>The values met.</summary>
    public GroupKeys Keys { get; }

    public SeriesTable Series { get; } = new();

    /// <summary>Remembers the rows of an attempt whose values are to be read.</summary>
    /// <returns>Where its values will be.</returns>
    public int Remember(ReadOnlySpan<int> path, ReadOnlySpan<int> rowNumbers)
    {
        var at = rows.Count;
        if (memos.Length == 0) return at;
        if (attribution.Kind != AttributionKind.Step)
            foreach (var row in path) rows.Add(rowNumbers[row]);
        else if (attribution.Step <= path.Length) rows.Add(rowNumbers[path[attribution.Step - 1]]);
        return at;
    }

    /// <summary>Reads the values at the rows remembered, and forgets these.</summary>
    public void Read(PartColumns part)
    {
        for (var i = 0; i < memos.Length; i++) memos[i].Evaluate(part, CollectionsMarshal.AsSpan(rows), codes[i] = new int[rows.Count]);
        rows.Clear();
    }

    /// <summary>The series of all attempts under a compared filter.</summary>
    public int Whole(int compared) => Series.IndexOf(new(compared));

    /// <summary>The series that an attempt belongs to by its values; none without breakdowns.</summary>
    /// <param name="at">Where its steps' values are.</param>
    public void SeriesOf(int compared, int at, int reached, List<int> series)
    {
        series.Clear();
        if (memos.Length == 1 && Attributed(codes[0], at, reached) is >= 0 and var value) series.Add(SeriesOf(compared, value));
        else if (memos.Length > 0) Add(new(compared), 0, at, reached, series);
    }

    /// <summary>What an attempt is of by its values.</summary>
    /// <param name="at">Where its steps' values are.</param>
    public FunnelCombination CombinationOf(int compared, int at, int reached)
    {
        var combination = new FunnelCombination(compared);
        for (var breakdown = 0; breakdown < memos.Length; breakdown++) combination = combination.With(breakdown, CodeOf(breakdown, at, reached));
        return combination;
    }

    /// <summary>The series that the attempts of a combination count in: of all, and of each element of a list.</summary>
    public List<int> SeriesOf(in FunnelCombination combination)
    {
        var series = new List<int> { Whole(combination.Compared) };
        if (memos.Length > 0) Add(new(combination.Compared), 0, combination, series);
        return series;
    }

    int SeriesOf(int compared, int value)
    {
        if (compared != comparedAtHand)
        {
            seriesByValue.AsSpan().Fill(-1);
            comparedAtHand = compared;
        }
        if (value >= seriesByValue.Length)
        {
            var known = seriesByValue.Length;
            Array.Resize(ref seriesByValue, Math.Max(16, (value + 1) * 2));
            seriesByValue.AsSpan(known).Fill(-1);
        }
        ref var series = ref seriesByValue[value];
        if (series < 0) series = Series.IndexOf(new SeriesKey(compared).With(0, value));
        return series;
    }

    void Add(in SeriesKey key, int breakdown, int at, int reached, List<int> series)
    {
        if (breakdown == memos.Length)
        {
            series.Add(Series.IndexOf(key));
            return;
        }
        var code = CodeOf(breakdown, at, reached);
        if (code >= 0) Add(key.With(breakdown, code), breakdown + 1, at, reached, series);
        else
            foreach (var element in Keys.ElementsOf(code)) Add(key.With(breakdown, element), breakdown + 1, at, reached, series);
    }

    void Add(in SeriesKey key, int breakdown, in FunnelCombination combination, List<int> series)
    {
        if (breakdown == memos.Length)
        {
            series.Add(Series.IndexOf(key));
            return;
        }
        var code = combination[breakdown];
        if (code >= 0) Add(key.With(breakdown, code), breakdown + 1, combination, series);
        else
            foreach (var element in Keys.ElementsOf(code)) Add(key.With(breakdown, element), breakdown + 1, combination, series);
    }

    int CodeOf(int breakdown, int at, int reached) => Attributed(codes[breakdown], at, reached) is var code && code == Missing ? Keys.NumberOf(Value.Undefined) : code;

    int Attributed(int[] values, int at, int reached)
    {
        if (attribution.Kind == AttributionKind.Step) return attribution.Step <= reached ? values[at] : Missing;
        var alongSteps = values.AsSpan(at, reached);
        var place = attribution.Kind == AttributionKind.First ? alongSteps.IndexOfAnyExcept(Missing) : alongSteps.LastIndexOfAnyExcept(Missing);
        return place < 0 ? Missing : alongSteps[place];
    }
}
