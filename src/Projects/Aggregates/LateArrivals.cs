using Cairn.Query.Scanning;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;

namespace Cairn.Projects.Aggregates;

/// <summary>Finds the closed days for which rows have arrived since the last look.</summary>
static class LateArrivals
{
    /// <summary>Year 2: a date before it may be none in some time zone, and nobody tracked anything then.</summary>
    static readonly long EarliestMs = new DateTimeOffset(2, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    /// <summary>The days, ascending, and the state that has seen these parts.</summary>
    /// <param name="firstOpen">The first day that has not closed; rows from then on are counted when their day closes.</param>
    public static async Task<(IReadOnlyList<DateOnly> Days, AggregateState Seen)> FindAsync(
        AggregateState state, EventSnapshot snapshot, ProjectDays days, DateOnly firstOpen, CancellationToken cancellationToken)
    {
        var openFromMs = days.StartMs(firstOpen);
        var found = new SortedSet<DateOnly>();
        var seqs = new Dictionary<string, long>(state.SeenSeqs, StringComparer.Ordinal);
        var others = new List<string>();
        foreach (var (part, live) in snapshot.Parts)
        {
            if (!IsSeen(state, part.Key) && part.Times.FirstMs < openFromMs)
                await AddDaysAsync(part, live, days, openFromMs, found, cancellationToken);
            if (RecentFileName.TryParse(part.Key, out var name))
                seqs[StreamOf(name)] = Math.Max(name.LastSeq, seqs.GetValueOrDefault(StreamOf(name), -1));
            else others.Add(part.Key);
        }
        return ([.. found], state with { SeenSeqs = seqs, SeenParts = others });
    }

    /// <summary>
    /// A partition's files come in its order, so one is new when it reaches past the last seq seen there. A redelivered batch with other borders may bring rows
    /// that were seen; their days are then counted again for nothing.
    /// </summary>
    static bool IsSeen(AggregateState state, string key) => RecentFileName.TryParse(key, out var name)
        ? state.SeenSeqs.TryGetValue(StreamOf(name), out var last) && name.LastSeq <= last
        : state.SeenParts.Contains(key, StringComparer.Ordinal);

    static string StreamOf(RecentFileName name) => FormattableString.Invariant($"{name.StreamId}/{name.Partition}");

    static async Task AddDaysAsync(
        IEventPart part, RowSet live, ProjectDays days, long openFromMs, SortedSet<DateOnly> found, CancellationToken cancellationToken)
    {
        var times = (Int64Column?)await part.ReadAsync(RowLayout.Time, cancellationToken)
            ?? throw new InvalidDataException($"'{part.Key}' has no column {RowLayout.Time}.");
        AddDays(times.Values, live, days, openFromMs, found);
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
