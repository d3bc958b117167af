using Cairn.Query.Scanning;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;

namespace Cairn.Projects.Aggregates;

/// <summary>Finds the closed days for which rows have arrived since the last look.</summary>
/// <remarks>
/// A row arrives once, by a message; what the lake does with it later is no news. So messages are followed by their numbers, in recent files, which stay for
/// <see cref="Storage.Compaction.CompactionLimits.KeepRecentFor"/> after the lake has taken them: who looks more often than that misses none. After a longer time without
/// a look, files of the lake that were not there the last time are looked at as well, some of their rows for nothing.
/// </remarks>
sealed class LateArrivals(IArrivals arrivals, IEventSource events)
{
    /// <summary>Year 2: a date before it may be none in some time zone, and nobody tracked anything then.</summary>
    public static readonly long EarliestMs = new DateTimeOffset(2, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    /// <summary>The days, ascending, and the state that has seen these rows.</summary>
    /// <param name="firstOpen">The first day that has not closed; rows from then on are counted when their day closes.</param>
    /// <param name="hasAllRecent">Asked once all is listed: whether the last look was so lately that every recent file that came since is there still.</param>
    public async Task<(IReadOnlyList<DateOnly> Days, AggregateState Seen)> FindAsync(
        string projectId, AggregateState state, ProjectDays days, DateOnly firstOpen, Func<bool> hasAllRecent, CancellationToken cancellationToken)
    {
        var openFromMs = days.StartMs(firstOpen);
        var found = new SortedSet<DateOnly>();
        var seqs = new Dictionary<string, long>(state.SeenSeqs, StringComparer.Ordinal);
        // What the lake takes from now on stands in the listing below.
        var passed = await arrivals.PassedAsync(projectId, RowLayout.Events, cancellationToken);
        await foreach (var (name, rows) in arrivals.ListAsync(projectId, RowLayout.Events, name => !IsSeen(state, name), cancellationToken))
        {
            if (rows.Facts.MinTimeMs < openFromMs) await AddDaysAsync(rows, days, openFromMs, found, cancellationToken);
            var stream = IArrivals.StreamOf(name.StreamId, name.Partition);
            seqs[stream] = Math.Max(name.LastSeq, seqs.GetValueOrDefault(stream, -1));
        }
        var isSure = hasAllRecent() || passed.All(place => state.SeenSeqs.TryGetValue(place.Key, out var seen) && place.Value <= seen);
        var ofLake = new List<string>();
        foreach (var (part, live) in (await events.OpenAsync(projectId, cancellationToken)).Parts)
        {
            if (RecentFileName.TryParse(part.Key, out _)) continue;
            ofLake.Add(part.Key);
            if (isSure || part.Times.FirstMs >= openFromMs || state.SeenParts.Contains(part.Key, StringComparer.Ordinal)) continue;
            var times = (Int64Column?)await part.ReadAsync(RowLayout.Time, cancellationToken) ?? throw new InvalidDataException($"'{part.Key}' has no column {RowLayout.Time}.");
            AddDays(times.Values, live, days, openFromMs, found);
        }
        foreach (var (stream, place) in passed) seqs[stream] = Math.Max(place, seqs.GetValueOrDefault(stream, -1));
        return ([.. found], state with { SeenSeqs = seqs, SeenParts = ofLake });
    }

    /// <summary>
    /// A partition's files come in its order, so one is new when it reaches past the last seq seen there. A redelivered batch with other borders may bring rows
    /// that were seen; their days are then counted again for nothing.
    /// </summary>
    static bool IsSeen(AggregateState state, RecentFileName name) =>
        state.SeenSeqs.TryGetValue(IArrivals.StreamOf(name.StreamId, name.Partition), out var last) && name.LastSeq <= last;

    static async Task AddDaysAsync(RowFile rows, ProjectDays days, long openFromMs, SortedSet<DateOnly> found, CancellationToken cancellationToken)
    {
        var times = await rows.ReadInt64Async(RowLayout.Time, cancellationToken) ?? throw new InvalidDataException($"'{rows.Name}' has no column {RowLayout.Time}.");
        AddDays(times.Values, rows.Live, days, openFromMs, found);
    }

    static void AddDays(ReadOnlySpan<long> timesMs, RowSet live, ProjectDays days, long openFromMs, SortedSet<DateOnly> found)
    {
        // Neighbouring rows are mostly of one day: its borders are asked for once, not once a row.
        var (fromMs, untilMs) = (0L, 0L);
        for (var row = 0; row < timesMs.Length; row++)
        {
            var timeMs = timesMs[row];
            if (timeMs >= openFromMs || (timeMs >= fromMs && timeMs < untilMs) || timeMs < EarliestMs || !live[row]) continue;
            var day = days.Of(NodaTime.Instant.FromUnixTimeMilliseconds(timeMs));
            (fromMs, untilMs) = (days.StartMs(day), day == DateOnly.MaxValue ? long.MaxValue : days.StartMs(day.AddDays(1)));
            found.Add(day);
        }
    }
}
