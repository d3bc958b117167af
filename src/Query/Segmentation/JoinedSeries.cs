using Cairn.Query.Turns;

namespace Cairn.Query.Segmentation;

/// <summary>What all workers counted, under one numbering of series and breakdown values.</summary>
sealed class JoinedSeries
{
    readonly List<string?> texts = [];
    readonly Dictionary<string, int> numbers = new(StringComparer.Ordinal);
    int missing = -1;

    /// <param name="workers">In the order of their shards, so that sums are added in one order whoever was faster.</param>
    public JoinedSeries(SegmentationPlan plan, IReadOnlyList<SegmentationWorker> workers, ReportMemory memory)
    {
        Tally = plan.NewTally(memory);
        foreach (var worker in workers) Join(worker);
        // A line without breakdowns has its series whether or not anything happened.
        for (var line = 0; line < plan.Lines.Count; line++)
            if (plan.Lines[line].Breakdowns.Count == 0) Series.IndexOf(new(line));
        Tally.Grow(Series.Keys.Count);
    }

    public SeriesTable Series { get; } = new();

    public SeriesTally Tally { get; }

    /// <summary>A series by what it is called, whoever numbered its values.</summary>
    public NamedSeries NameOf(int index) => NamedSeries.Of(Series.Keys[index], texts);

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
        Tally.Grow(Series.Keys.Count);
        Tally.Add(worker.Tally, seriesOf);
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

/// <summary>A series by its line and its values as text: the same whoever numbered them.</summary>
/// <param name="First">Null for a missing value and where there is no such breakdown; so are the others.</param>
readonly record struct NamedSeries(int Line, string? First, string? Second, string? Third)
{
    public static NamedSeries Of(in SeriesKey key, IReadOnlyList<string?> texts) => new(key.Line, TextOf(key.First, texts), TextOf(key.Second, texts), TextOf(key.Third, texts));

    public string? this[int breakdown] => breakdown switch { 0 => First, 1 => Second, _ => Third };

    static string? TextOf(int number, IReadOnlyList<string?> texts) => number < 0 ? null : texts[number];
}
