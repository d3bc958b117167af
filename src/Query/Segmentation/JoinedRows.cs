namespace Cairn.Query.Segmentation;

/// <summary>What all workers gathered, under one numbering of series and breakdown values.</summary>
sealed class JoinedRows
{
    readonly List<string?> texts;
    readonly Dictionary<string, int> numbers = new(StringComparer.Ordinal);
    int missing = -1;

    /// <param name="workers">In the order of their parts, so that sums are added in one order whoever was faster.</param>
    public JoinedRows(SegmentationPlan plan, IReadOnlyList<SegmentationWorker> workers)
    {
        if (workers.Count == 1)
        {
            (Rows, Series, texts) = (workers[0].Rows, workers[0].Series, workers[0].Groups.Texts);
            return;
        }
        (Rows, Series, texts) = (new(plan.NeedsPersons, plan.Value is not null), new(), []);
        foreach (var worker in workers) Join(worker);
    }

    public GatheredRows Rows { get; }

    public SeriesTable Series { get; }

    /// <summary>A breakdown's value by its number; null for what is missing.</summary>
    public string? TextOf(int number) => texts[number];

    void Join(SegmentationWorker worker)
    {
        var numberOf = worker.Groups.Texts.Select(NumberOf).ToArray();
        var seriesOf = new int[worker.Series.Keys.Count];
        for (var i = 0; i < seriesOf.Length; i++)
        {
            var key = worker.Series.Keys[i];
            for (var breakdown = 0; breakdown < SeriesKey.Breakdowns && key[breakdown] >= 0; breakdown++) key = key.With(breakdown, numberOf[key[breakdown]]);
            seriesOf[i] = Series.IndexOf(key);
        }
        Rows.Add(worker.Rows, seriesOf);
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
