using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Scanning;
using NodaTime;
using NodaTime.TimeZones;

namespace Cairn.Query.Funnels;

/// <summary>Numbers a person's sessions.</summary>
/// <remarks>
/// Sources: Mixpanel docs, "Sessions" (half an hour between events, ended by midnight of the project's zone); Amplitude docs, "Track sessions" (the id that events
/// carry; -1 is none). One worker's own.
/// </remarks>
sealed class SessionNumbers(SessionsBy by, DateTimeZone zone)
{
    /// <summary>Source: Mixpanel docs, "Sessions", "Timeout-based query sessions".</summary>
    public const long TimeoutMs = 30 * 60 * 1000;

    /// <summary>The property that session ids are read from.</summary>
    public static readonly PropertyReference Id = new(PropertyScope.EventField, EventField.SessionId);

    const long DayMs = 24 * 60 * 60 * 1000;

    readonly ValueMemo<int> ids = new(CompiledExpression.Compile(new Expression.Property(Id)), IdNumber(new(StringComparer.Ordinal)));
    readonly Dictionary<int, int> numbers = [];
    ZoneInterval? interval;

    /// <summary>Each row's session within its person, -1 where it is in none.</summary>
    /// <param name="starts">Where each person's rows begin, and where the last one's end.</param>
    /// <param name="rows">The rows' numbers in the part.</param>
    public void Fill(PartColumns part, ReadOnlySpan<int> starts, ReadOnlySpan<int> rows, ReadOnlySpan<long> timesMs, Span<int> sessions)
    {
        if (by == SessionsBy.Id) ids.Evaluate(part, rows, sessions);
        for (var person = 0; person + 1 < starts.Length; person++)
        {
            var own = sessions[starts[person]..starts[person + 1]];
            if (by == SessionsBy.Id) InOrder(own);
            else ByTimeout(timesMs[starts[person]..starts[person + 1]], own);
        }
    }

    void InOrder(Span<int> sessions)
    {
        numbers.Clear();
        foreach (ref var session in sessions)
        {
            if (session < 0) continue;
            if (!numbers.TryGetValue(session, out var number)) numbers.Add(session, number = numbers.Count);
            session = number;
        }
    }

    void ByTimeout(ReadOnlySpan<long> timesMs, Span<int> sessions)
    {
        var (number, day) = (0, 0L);
        for (var i = 0; i < sessions.Length; i++)
        {
            var today = DayOf(timesMs[i]);
            if (i > 0 && (timesMs[i] - timesMs[i - 1] > TimeoutMs || today != day)) number++;
            (sessions[i], day) = (number, today);
        }
    }

    long DayOf(long ms)
    {
        var at = Instant.FromUnixTimeMilliseconds(ms);
        if (interval is null || !interval.Contains(at)) interval = zone.GetZoneInterval(at);
        return (long)Math.Floor((ms + interval.WallOffset.Milliseconds) / (double)DayMs);
    }

    static Func<Value, int> IdNumber(Dictionary<string, int> known) => value =>
    {
        var text = value.IsMissing ? "-1" : ValueText.Of(value);
        if (text is "-1" or "") return -1;
        if (!known.TryGetValue(text, out var number)) known.Add(text, number = known.Count);
        return number;
    };
}
