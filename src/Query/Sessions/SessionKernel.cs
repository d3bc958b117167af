using Cairn.Query.Definitions;

namespace Cairn.Query.Sessions;

/// <summary>Cuts one person's events into sessions.</summary>
/// <remarks>
/// Meaning: docs/semantics/sessions.md; the naive twin is the tests' oracle. Sessions are numbered from 0 in the order of their first events. What is
/// in no session gets -1.
/// </remarks>
/// <param name="timeoutMs">A longer time without an event ends a session.</param>
/// <param name="maxMs">An event longer after a session's first begins another.</param>
/// <param name="days">Ends sessions at midnight; null: midnight is nothing to them.</param>
sealed class SessionKernel(long timeoutMs, long maxMs, LocalDays? days)
{
    /// <summary>What an event is to sessions: of those that form them, one that begins one, one that is the last of one.</summary>
    public const uint Forms = 1, Starts = 2, Ends = 4;

    readonly Dictionary<int, int> openOfKey = [];
    readonly List<Open> open = [];

    /// <summary>Sessions by the time between events.</summary>
    /// <param name="timesMs">Unix milliseconds, ascending.</param>
    /// <param name="kinds">What each event is to sessions.</param>
    /// <param name="sessions">Set to each event's session.</param>
    /// <returns>How many there are.</returns>
    public int ByTimeout(ReadOnlySpan<long> timesMs, ReadOnlySpan<uint> kinds, Span<int> sessions)
    {
        var count = 0;
        Open current = default;
        for (var i = 0; i < sessions.Length; i++)
        {
            sessions[i] = -1;
            if ((kinds[i] & Forms) == 0) continue;
            if (count == 0 || !Continues(ref current, timesMs[i])) current = new(count++, timesMs[i]);
            sessions[i] = current.Number;
        }
        return count;
    }

    /// <summary>Sessions by what events share; the limits of time hold within each.</summary>
    /// <param name="keys">What each event has; -1 for nothing.</param>
    public int ByKey(ReadOnlySpan<long> timesMs, ReadOnlySpan<uint> kinds, ReadOnlySpan<int> keys, Span<int> sessions)
    {
        openOfKey.Clear();
        open.Clear();
        var count = 0;
        var (lastKey, at) = (-1, -1);
        for (var i = 0; i < sessions.Length; i++)
        {
            sessions[i] = -1;
            if ((kinds[i] & Forms) == 0 || keys[i] < 0) continue;
            // Mostly a person has one session at a time.
            if (keys[i] != lastKey)
            {
                lastKey = keys[i];
                if (!openOfKey.TryGetValue(lastKey, out at))
                {
                    openOfKey.Add(lastKey, at = open.Count);
                    open.Add(new(count++, timesMs[i]));
                }
            }
            var current = open[at];
            if (!Continues(ref current, timesMs[i])) current = new(count++, timesMs[i]);
            open[at] = current;
            sessions[i] = current.Number;
        }
        return count;
    }

    /// <summary>Sessions from an event that begins one to an event that ends it, or to the limits of time.</summary>
    public int ByEvents(ReadOnlySpan<long> timesMs, ReadOnlySpan<uint> kinds, Span<int> sessions)
    {
        var count = 0;
        var isOpen = false;
        Open current = default;
        for (var i = 0; i < sessions.Length; i++)
        {
            sessions[i] = -1;
            if ((kinds[i] & Forms) == 0) continue;
            if ((kinds[i] & Starts) != 0) (current, isOpen) = (new(count++, timesMs[i]), true);
            else if (isOpen) isOpen = Continues(ref current, timesMs[i]);
            if (!isOpen) continue;
            sessions[i] = current.Number;
            isOpen = (kinds[i] & Ends) == 0;
        }
        return count;
    }

    /// <summary>Whether an event still belongs to a session; notes it where it does.</summary>
    bool Continues(ref Open session, long atMs)
    {
        if (atMs - session.LastMs > timeoutMs || atMs - session.FirstMs > maxMs || days is not null && !IsSameDay(ref session, atMs)) return false;
        session.LastMs = atMs;
        return true;
    }

    bool IsSameDay(ref Open session, long atMs)
    {
        if (atMs == session.FirstMs) return true;
        // Most sessions have one event: their day is only looked up when a second one comes near.
        if (session.Day == Open.UnknownDay) session.Day = days!.Of(session.FirstMs);
        return days!.Of(atMs) == session.Day;
    }

    struct Open(int number, long firstMs)
    {
        public const long UnknownDay = long.MinValue;

        public int Number = number;
        public long FirstMs = firstMs;
        public long LastMs = firstMs;
        public long Day = UnknownDay;
    }
}
