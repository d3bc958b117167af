using Cairn.Query.Definitions;
using Cairn.Query.Journeys;
using Cairn.Query.Turns;

namespace Cairn.Query.Segmentation;

/// <summary>Counts one definition over rows that are in memory: a scan for each of its metrics, and one more where the largest series must be known first.</summary>
sealed class SegmentationRun(SegmentationDefinition definition, IReadOnlyList<SegmentationPlan> plans, OpenedMetrics opened, CancellationToken cancellationToken)
{
    /// <param name="kept">The series of another answer, which are answered again in that order, be they empty; null: the largest.</param>
    public async Task<SegmentationAnswer> AnswerAsync(SegmentationAnswer? kept = null)
    {
        var (metrics, joined) = await CountAllAsync();
        var places = kept?.Series.Select((series, place) => (Name: SeriesName.Of(series), place)).ToDictionary(one => one.Name, one => one.place);
        var choice = SeriesChoice.Of(definition, metrics, places);
        var series = new List<Series>();
        for (var i = 0; i < plans.Count; i++)
        {
            var withOther = definition.WithOther && metrics[i].LeavesOut(choice.Chosen[i]);
            // Too many series to have counted each one's buckets, or some that count together: those that are answered are counted now.
            var counted = joined[i].Tally.HasCells && !withOther ? joined[i] : await CountAsync(plans[i], new(metrics[i].Needed(choice.Chosen[i]), withOther));
            series.AddRange(metrics[i].Answer(choice.Chosen[i], counted, withOther));
        }
        var buckets = plans[0].Axis.Shown;
        var ordered = kept is null ? [.. series.OrderBy(one => one.EventIndex)] : AsKept(series, kept, buckets.Count);
        return new(buckets.Starts, ordered, choice.BeforeLimit, opened.Covered(TimeSpan.Zero)) { Formulas = FormulaSeries.Of(definition, ordered, buckets.Count) };
    }

    /// <summary>The people behind one number, with their ids.</summary>
    /// <exception cref="DefinitionException">There is no such number.</exception>
    public async Task<IEnumerable<(string Person, double Number)>> PeopleAsync(SegmentationNumber number)
    {
        var at = Enumerable.Range(0, plans.Count).Single(plan => plans[plan].Lines.Any(line => line.EventIndex == number.EventIndex && line.ComparedIndex == number.ComparedIndex));
        var plan = plans[at];
        var watched = number.In(plan);
        var only = new ChosenSeries(new HashSet<NamedSeries> { watched.Series }, WithOther: false);
        if (number.Kind == SeriesKind.Other)
        {
            var (metrics, _) = await CountAllAsync();
            only = new(metrics[at].Needed(SeriesChoice.Of(definition, metrics, null).Chosen[at]), WithOther: true);
        }
        var journeys = opened[plan];
        var workers = await journeys.RunAsync(() => new SegmentationWorker(plan, journeys.Memory, only, watched), (worker, shard) => worker.Scan(shard), cancellationToken);
        return workers.SelectMany(worker => worker.Watched).Select(one => (journeys.Persons[one.Person], one.Number));
    }

    async Task<(IReadOnlyList<SegmentationCells> Metrics, IReadOnlyList<JoinedSeries> Joined)> CountAllAsync()
    {
        var joined = new JoinedSeries[plans.Count];
        for (var i = 0; i < joined.Length; i++) joined[i] = await CountAsync(plans[i], only: null);
        return ([.. joined.Select((counted, i) => new SegmentationCells(plans[i], counted))], joined);
    }

    async Task<JoinedSeries> CountAsync(SegmentationPlan plan, ChosenSeries? only) => new(plan, await opened[plan].RunAsync(
        () => new SegmentationWorker(plan, opened[plan].Memory, only), (worker, shard) => worker.Scan(shard), cancellationToken, withNobody: true), opened[plan].Memory);

    internal static Series[] AsKept(List<Series> series, SegmentationAnswer kept, int bucketCount)
    {
        var found = series.ToDictionary(SeriesName.Of);
        return [.. kept.Series.Select(one => found.GetValueOrDefault(SeriesName.Of(one)) ?? one with { Values = new double[bucketCount], Whole = 0, Bins = [] })];
    }
}
