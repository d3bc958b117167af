using Cairn.Query.Definitions;
using Cairn.Query.Journeys;
using NodaTime;

namespace Cairn.Query.Sessions;

/// <summary>Which session each row of a shard is in, for reports that count by session what they find by row.</summary>
/// <remarks>One worker's own: sessions are numbered through all its shards, those of one person together. Meaning: docs/semantics/sessions.md.</remarks>
/// <param name="zone">In which days end.</param>
sealed class RowSessions(SessionSwitches switches, DateTimeZone zone)
{
    readonly StepScan every = new([StepCondition.Of(EventSelection.Every(""))]);
    readonly SessionNumbers numbers = new(switches, zone);
    readonly long longestMs = switches.Long == LongSessions.LeftOut ? (long)switches.MaxLength.TotalMilliseconds : long.MaxValue;
    int[] ofMatches = [], ofRows = [];
    long[] beginMs = [], endMs = [];
    int count;

    /// <summary>By row of the last <see cref="Fill"/>'s shard; -1: the row is in no session, or in one that is left out.</summary>
    public ReadOnlySpan<int> OfRows => ofRows;

    public void Fill(JourneyShard shard)
    {
        var matches = every.Match(shard, TimeRange.Ever);
        if (ofRows.Length < shard.RowCount) (ofRows, ofMatches) = (new int[shard.RowCount], new int[shard.RowCount]);
        ofRows.AsSpan(0, shard.RowCount).Fill(-1);
        numbers.Fill(shard.Columns, matches.Starts, matches.Rows, matches.Times, ofMatches.AsSpan(0, matches.RowCount));
        for (var place = 0; place < matches.PersonCount; place++)
        {
            var (from, until) = (matches.Starts[place], matches.Starts[place + 1]);
            var own = ofMatches.AsSpan(from..until);
            var sessionCount = own.IsEmpty ? 0 : Most(own) + 1;
            Measure(own, matches.Times[from..until], sessionCount);
            for (var i = 0; i < own.Length; i++)
                if (own[i] >= 0 && endMs[own[i]] - beginMs[own[i]] <= longestMs) ofRows[matches.Rows[from + i]] = count + own[i];
            count += sessionCount;
        }
    }

    /// <summary>When each of a person's sessions begins and ends.</summary>
    void Measure(ReadOnlySpan<int> sessions, ReadOnlySpan<long> timesMs, int sessionCount)
    {
        if (beginMs.Length < sessionCount) (beginMs, endMs) = (new long[2 * sessionCount], new long[2 * sessionCount]);
        // Times ascend: the last to begin a session is its first event.
        for (var i = sessions.Length - 1; i >= 0; i--)
            if (sessions[i] >= 0) beginMs[sessions[i]] = timesMs[i];
        for (var i = 0; i < sessions.Length; i++)
            if (sessions[i] >= 0) endMs[sessions[i]] = timesMs[i];
    }

    static int Most(ReadOnlySpan<int> sessions)
    {
        var most = -1;
        foreach (var session in sessions) most = Math.Max(most, session);
        return most;
    }
}
