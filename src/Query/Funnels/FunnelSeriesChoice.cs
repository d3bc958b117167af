using Cairn.Query.Definitions;
using Cairn.Query.Segmentation;

namespace Cairn.Query.Funnels;

/// <summary>One series that is answered.</summary>
sealed record ChosenSeries(FunnelSeriesKind Kind, int ComparedIndex, IReadOnlyList<string> Keys);

/// <summary>Gives the workers' series one numbering and chooses those that are answered: the whole, the largest, and the other for what is left.</summary>
sealed class FunnelSeriesChoice
{
    readonly FunnelPlan plan;
    readonly SeriesTable series = new();
    readonly List<string?> texts = [];
    readonly Dictionary<string, int> numbers = new(StringComparer.Ordinal);
    readonly int[][] seriesOfWorkers;
    int missing = -1;

    public FunnelSeriesChoice(FunnelPlan plan, IReadOnlyList<FunnelWorker> workers)
    {
        this.plan = plan;
        for (var i = 0; i < ComparedCount; i++) series.IndexOf(new(i));
        // A combination's series may be new to its worker: they come before the workers' series are numbered.
        int[][][] ofCombinations = [.. workers.Select(worker => worker.Counted is { } counted ? counted.Combinations.All.Select(one => worker.Groups.SeriesOf(one).ToArray()).ToArray() : [])];
        seriesOfWorkers = [.. workers.Select(SeriesOf)];
        Choose(EntriesOf(workers, ofCombinations));
        PlaceOf = [.. seriesOfWorkers.Select(own => Array.ConvertAll(own, index => Places[index]))];
        // Of the series that "other" stands for an attempt may be in several: there it counts once all the same.
        PlacesOfCombinations = [.. ofCombinations.Select((all, worker) => Array.ConvertAll(all, own => own.Select(index => PlaceOf[worker][index]).Distinct().ToArray()))];
    }

    /// <summary>The series answered, in their order.</summary>
    public List<ChosenSeries> Chosen { get; } = [];

    /// <summary>How many breakdown values there were before the limit.</summary>
    public int BeforeLimit { get; private set; }

    /// <summary>For each worker: the place among those answered of each of its series.</summary>
    public IReadOnlyList<int[]> PlaceOf { get; }

    /// <summary>For each worker that only counted: the places that each of its combinations counts in.</summary>
    public IReadOnlyList<int[][]> PlacesOfCombinations { get; }

    int ComparedCount => Math.Max(1, plan.Definition.Compared.Count);

    int[] Places { get; set; } = [];

    int[] SeriesOf(FunnelWorker worker)
    {
        var numberOf = worker.Groups.Keys.Texts.Select(NumberOf).ToArray();
        var result = new int[worker.Groups.Series.Keys.Count];
        for (var i = 0; i < result.Length; i++)
        {
            var key = worker.Groups.Series.Keys[i];
            for (var breakdown = 0; breakdown < SeriesKey.Breakdowns && key[breakdown] >= 0; breakdown++) key = key.With(breakdown, numberOf[key[breakdown]]);
            result[i] = series.IndexOf(key);
        }
        return result;
    }

    long[] EntriesOf(IReadOnlyList<FunnelWorker> workers, int[][][] ofCombinations)
    {
        var entries = new long[series.Keys.Count];
        for (var worker = 0; worker < workers.Count; worker++)
        {
            for (var i = 0; i < ofCombinations[worker].Length; i++)
                foreach (var own in ofCombinations[worker][i]) entries[seriesOfWorkers[worker][own]] += workers[worker].Counted!.Cells.EntriesOf(i);
            if (plan.OnlyCounts) continue;
            foreach (var row in workers[worker].Rows.Rows)
                if (row.Bucket < 0) entries[seriesOfWorkers[worker][row.Series]]++;
        }
        return entries;
    }

    void Choose(long[] entries)
    {
        Places = new int[entries.Length];
        foreach (var group in Enumerable.Range(0, entries.Length).GroupBy(index => series.Keys[index].Line).OrderBy(group => group.Key))
        {
            var whole = group.First(index => series.Keys[index].First < 0);
            Places[whole] = Add(new(FunnelSeriesKind.Whole, group.Key, []));
            var ranked = group.Where(index => index != whole).Select(index => (Index: index, Keys: KeysOf(series.Keys[index])))
                .OrderByDescending(one => entries[one.Index]).ThenBy(one => string.Join('\0', one.Keys), StringComparer.Ordinal).ToList();
            BeforeLimit += ranked.Count;
            foreach (var (index, keys) in ranked.Take(plan.Definition.Limit)) Places[index] = Add(new(FunnelSeriesKind.Value, group.Key, keys));
            if (ranked.Count <= plan.Definition.Limit) continue;
            var other = Add(new(FunnelSeriesKind.Other, group.Key, []));
            foreach (var (index, _) in ranked.Skip(plan.Definition.Limit)) Places[index] = other;
        }
    }

    int Add(ChosenSeries chosen)
    {
        Chosen.Add(chosen);
        return Chosen.Count - 1;
    }

    string[] KeysOf(SeriesKey key)
    {
        var keys = new string[plan.Breakdowns.Count];
        for (var i = 0; i < keys.Length; i++) keys[i] = texts[key[i]] ?? plan.Definition.Switches.MissingKey;
        return keys;
    }

    int NumberOf(string? text)
    {
        if (text is null)
        {
            if (missing < 0) { missing = texts.Count; texts.Add(null); }
            return missing;
        }
        if (numbers.TryGetValue(text, out var number)) return number;
        numbers.Add(text, texts.Count);
        texts.Add(text);
        return texts.Count - 1;
    }
}
