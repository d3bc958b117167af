using Cairn.Query.Turns;

namespace Cairn.Query.Segmentation;

/// <summary>What all workers counted, under one numbering of series and of values.</summary>
sealed class JoinedSeries
{
    readonly TextNumbers groups = new(), values = new();

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
    public NamedSeries NameOf(int index) => NamedSeries.Of(Series.Keys[index], groups.Texts);

    void Join(SegmentationWorker worker)
    {
        var numberOf = worker.Groups.Texts.Select(groups.NumberOf).ToArray();
        var seriesOf = new int[worker.Series.Keys.Count];
        for (var i = 0; i < seriesOf.Length; i++)
        {
            var key = worker.Series.Keys[i];
            for (var breakdown = 0; breakdown < SeriesKey.Breakdowns && key[breakdown] >= 0; breakdown++) key = key.With(breakdown, numberOf[key[breakdown]]);
            seriesOf[i] = Series.IndexOf(key);
        }
        Tally.Grow(Series.Keys.Count);
        Tally.Add(worker.Tally, seriesOf, [.. worker.Values.Texts.Select(values.NumberOf)]);
    }

    /// <summary>Texts with a number each; what is missing has one as well.</summary>
    sealed class TextNumbers
    {
        readonly Dictionary<string, int> numbers = new(StringComparer.Ordinal);
        int missing = -1;

        public List<string?> Texts { get; } = [];

        public int NumberOf(string? text)
        {
            if (text is null)
            {
                if (missing < 0) { missing = Texts.Count; Texts.Add(null); }
                return missing;
            }
            if (numbers.TryGetValue(text, out var number)) return number;
            numbers.Add(text, Texts.Count);
            Texts.Add(text);
            return Texts.Count - 1;
        }
    }
}

/// <summary>A series by its line and its values as text: the same whoever numbered them.</summary>
/// <param name="First">Null for a missing value and where there is no such breakdown; so are the others.</param>
/// <param name="IsOther">Whether it is what the limit left out.</param>
readonly record struct NamedSeries(int Line, string? First, string? Second, string? Third, bool IsOther = false)
{
    public static NamedSeries Of(in SeriesKey key, IReadOnlyList<string?> texts) =>
        new(key.Line, TextOf(key.First, texts), TextOf(key.Second, texts), TextOf(key.Third, texts), key.IsOther);

    public string? this[int breakdown] => breakdown switch { 0 => First, 1 => Second, _ => Third };

    static string? TextOf(int number, IReadOnlyList<string?> texts) => number < 0 ? null : texts[number];
}
