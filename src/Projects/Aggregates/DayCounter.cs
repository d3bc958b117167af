using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Segmentation;
using NodaTime;

namespace Cairn.Projects.Aggregates;

/// <summary>Counts neighbouring days by asking the segmentation report, so that the aggregate and a report of the same days agree.</summary>
public sealed class DayCounter(SegmentationReport report, TimeProvider clock)
{
    /// <summary>Names kept for a stretch of days, the most frequent first.</summary>
    public const int MaxNames = SegmentationDefinition.MaxLimit;

    /// <summary>Days from first to last, both included, in order.</summary>
    public async Task<IReadOnlyList<DayCounts>> CountAsync(ReportProject project, DateOnly first, DateOnly last, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var all = new SegmentationDefinition
        {
            Project = project,
            Range = project.Days(LocalDate.FromDateOnly(first), LocalDate.FromDateOnly(last)),
            Now = Instant.FromDateTimeOffset(now),
            Events = [EventSelection.Every("events")],
            Limit = MaxNames,
            Switches = Switches.Mixpanel,
        };
        var byName = all with { Breakdowns = [Breakdown.Of(PropertyScope.EventField, EventField.Name)] };
        var uniques = new Measure.Uniques();

        var totals = await report.AnswerAsync(all, cancellationToken);
        var users = await report.AnswerAsync(all with { Measure = uniques }, cancellationToken);
        var counts = await report.AnswerAsync(byName, cancellationToken);
        var usersByName = (await report.AnswerAsync(byName with { Measure = uniques }, cancellationToken))
            .Series.ToDictionary(series => series.Keys[0], series => series.Values, StringComparer.Ordinal);
        return [.. totals.Starts.Select((start, i) => new DayCounts(
            start.Date.ToDateOnly(),
            project.Zone.Id,
            EventsOf(counts.Series, usersByName, i),
            counts.SeriesBeforeLimit - counts.Series.Count,
            ValueAt(totals, i),
            ValueAt(users, i),
            now,
            totals.Coverage.DataUpToMs is { } upToMs ? DateTimeOffset.FromUnixTimeMilliseconds(upToMs) : null))];
    }

    static List<EventCount> EventsOf(IReadOnlyList<Series> counts, Dictionary<string, double[]> users, int bucketIndex) =>
        [.. counts.Where(series => series.Values[bucketIndex] > 0)
            .Select(series => new EventCount(
                series.Keys[0], (long)series.Values[bucketIndex], users.TryGetValue(series.Keys[0], out var values) ? (long)values[bucketIndex] : 0))
            .OrderByDescending(count => count.Count).ThenBy(count => count.Name, StringComparer.Ordinal)];

    static long ValueAt(SegmentationAnswer answer, int bucketIndex) => answer.Series.Count == 0 ? 0 : (long)answer.Series[0].Values[bucketIndex];
}
