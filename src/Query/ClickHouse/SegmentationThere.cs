using System.Text.Json;
using Cairn.Query.Definitions;
using Cairn.Query.Segmentation;

namespace Cairn.Query.ClickHouse;

/// <summary>Answers segmentation reports by ClickHouse: a statement for each metric, and the largest series chosen as the built-in engine chooses them.</summary>
static class SegmentationThere
{
    /// <summary>Numbers of one answer: series times windows.</summary>
    const int MaxNumbers = 5_000_000;

    /// <summary>The statements, in the order of their metrics.</summary>
    public static IReadOnlyList<ClickHouseStatement> Statements(SegmentationDefinition definition, Func<AskedLake> lake) =>
        [.. SegmentationPlan.Of(definition).Select(plan => SegmentationStatement.Of(plan, lake()))];

    /// <param name="lake">The lake, the same version at each call.</param>
    public static async Task<SegmentationAnswer> AnswerAsync(SegmentationDefinition definition, Func<AskedLake> lake, Asker ask, CancellationToken cancellationToken)
    {
        var answer = await AnswerAsync(definition, null, lake, ask, cancellationToken);
        if (definition.Previous is not { } previous) return answer;
        var earlier = definition with { Range = previous.Of(definition.Range, definition.Project.Zone), Previous = null };
        return answer with { Previous = await AnswerAsync(earlier, answer, lake, ask, cancellationToken) };
    }

    static async Task<SegmentationAnswer> AnswerAsync(SegmentationDefinition definition, SegmentationAnswer? kept, Func<AskedLake> lake, Asker ask, CancellationToken cancellationToken)
    {
        var plans = SegmentationPlan.Of(definition);
        var metrics = new List<Counted>();
        foreach (var plan in plans) metrics.Add(await Counted.ReadAsync(plan, ask(SegmentationStatement.Of(plan, lake()), cancellationToken)));
        var places = kept?.Series.Select((series, place) => (Name: SeriesName.Of(series), place)).ToDictionary(one => one.Name, one => one.place);
        var choice = SeriesChoice.Of(definition, metrics, places);
        if (kept is null && definition.WithOther && metrics.Where((metric, i) => metric.Values.Count() > choice.Chosen[i].Count).Any())
            throw new NotExpressedException("the values that a limit leaves out, together");
        var series = metrics.SelectMany((metric, i) => metric.Answer(choice.Chosen[i])).OrderBy(one => one.EventIndex).ToList();
        var buckets = plans[0].Axis.Shown;
        IReadOnlyList<Series> ordered = kept is null ? series : SegmentationRun.AsKept(series, kept, buckets.Count);
        return new(buckets.Starts, ordered, choice.BeforeLimit, new(null, 0, 0, 0)) { Formulas = FormulaSeries.Of(definition, ordered, buckets.Count) };
    }

    /// <summary>What a statement gave, by series.</summary>
    sealed class Counted : ICountedSeries
    {
        readonly SegmentationPlan plan;
        readonly List<(int Line, string[] Keys)> series = [];
        readonly List<(double[] Windows, double Whole, long Totals)> numbers = [];
        readonly Dictionary<(int, string), int> indexes = [];

        Counted(SegmentationPlan plan)
        {
            this.plan = plan;
            for (var line = 0; line < plan.Lines.Count; line++)
                if (plan.Lines[line].Breakdowns.Count == 0) IndexOf(line, []);
        }

        public static async Task<Counted> ReadAsync(SegmentationPlan plan, IAsyncEnumerable<JsonElement[]> rows)
        {
            var counted = new Counted(plan);
            await foreach (var row in rows)
            {
                var index = counted.IndexOf(row[0].GetInt32(), [.. row[1].EnumerateArray().Select(key => key.GetString()!)]);
                var (windows, whole, totals) = counted.numbers[index];
                var result = row[4].GetDouble();
                if (row[2].GetInt64() == SegmentationStatement.Whole) (whole, totals) = (result, row[3].GetInt64());
                else if (row[2].GetInt64() != SegmentationStatement.Before) windows[row[2].GetInt32()] = result;
                counted.numbers[index] = (windows, whole, totals);
            }
            return counted;
        }

        public IEnumerable<int> Values => Enumerable.Range(0, series.Count).Where(index => plan.Lines[LineOf(index)].Kind == LineKind.Values);

        public int LineOf(int index) => series[index].Line;

        public double SizeOf(int index) => plan.RanksByTotals ? numbers[index].Totals : numbers[index].Whole;

        public string OrderOf(int index) => string.Join('\0', series[index].Keys);

        public SeriesName NameOf(int index) => new(plan.Lines[LineOf(index)].EventIndex, plan.Lines[LineOf(index)].ComparedIndex, SeriesKind.Value, SeriesName.TextOf(series[index].Keys));

        /// <summary>By line and compared filter: the overall one, then those chosen.</summary>
        public IEnumerable<Series> Answer(IReadOnlyList<int> chosen)
        {
            var overall = Enumerable.Range(0, series.Count).Where(index => plan.Lines[LineOf(index)].Kind == LineKind.Overall);
            return overall.Select(index => SeriesOf(index, SeriesKind.Overall)).Concat(chosen.Select(index => SeriesOf(index, SeriesKind.Value)))
                .OrderBy(one => one.EventIndex).ThenBy(one => one.ComparedIndex).ThenBy(one => one.Kind);
        }

        Series SeriesOf(int index, SeriesKind kind)
        {
            var line = plan.Lines[LineOf(index)];
            double[] values = [.. numbers[index].Windows];
            var whole = numbers[index].Whole;
            if (plan.Metric.Measure is Measure.ActiveShare)
            {
                var active = DenominatorOf(index, line) is { } found ? numbers[found] : (new double[values.Length], 0, 0);
                for (var window = 0; window < values.Length; window++) values[window] = SegmentationCells.Share(values[window], active.Windows[window]);
                whole = SegmentationCells.Share(whole, active.Whole);
            }
            return new(line.EventIndex, line.ComparedIndex, series[index].Keys, SegmentationCells.Shown(plan, values), whole) { Kind = kind };
        }

        /// <summary>Those active at all, of the same compared filter and the same values of the report's breakdowns.</summary>
        int? DenominatorOf(int index, PlannedLine line)
        {
            var breakdowns = line.Kind == LineKind.Overall ? 0 : plan.Definition.Breakdowns.Count;
            for (var at = 0; at < plan.Lines.Count; at++)
            {
                if (plan.Lines[at] is { Kind: LineKind.Denominator } found && found.ComparedIndex == line.ComparedIndex && found.Breakdowns.Count == breakdowns)
                    return indexes.TryGetValue((at, SeriesName.TextOf([.. series[index].Keys.TakeLast(breakdowns)])), out var known) ? known : null;
            }
            throw new InvalidOperationException("a share has no line of those who are active");
        }

        int IndexOf(int line, string[] keys)
        {
            if (indexes.TryGetValue((line, SeriesName.TextOf(keys)), out var known)) return known;
            if ((series.Count + 1L) * plan.Axis.WindowCount > MaxNumbers)
                throw new DefinitionException("breakdowns", $"more than {MaxNumbers / plan.Axis.WindowCount} series of {plan.Axis.WindowCount} buckets; break down by properties with fewer values, or ask for a longer unit");
            indexes.Add((line, SeriesName.TextOf(keys)), series.Count);
            series.Add((line, keys));
            numbers.Add((new double[plan.Axis.WindowCount], 0, 0));
            return series.Count - 1;
        }
    }
}
