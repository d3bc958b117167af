using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using NodaTime;

namespace Cairn.Support.Query;

/// <summary>The naive twin of whoever cuts sessions: lists of lists, and the local date of every event.</summary>
public static class SessionOracle
{
    /// <summary>Each event's session, numbered by when they begin; -1 where it is in none.</summary>
    /// <param name="rows">All of one person's, in order.</param>
    public static int[] SessionsOf(SessionSwitches switches, DateTimeZone zone, IReadOnlyList<MemoryEvent> rows)
    {
        var forming = rows.Index().Where(row => !SessionSwitches.NeverCounted.Contains(row.Item.Name) && !switches.ExcludedEvents.Contains(row.Item.Name)).ToList();
        var sessions = new List<List<int>>();
        switch (switches.By)
        {
            case SessionsBy.Events:
                List<int>? open = null;
                foreach (var (at, row) in forming)
                {
                    if (switches.StartEvents.Contains(row.Name)) sessions.Add(open = [at]);
                    else if (open is null || !Fits(switches, zone, rows, open, at)) { open = null; continue; }
                    else open.Add(at);
                    if (switches.EndEvents.Contains(row.Name)) open = null;
                }
                break;
            case SessionsBy.Timeout:
                Split([.. forming.Select(row => row.Index)]);
                break;
            default:
                foreach (var group in forming.Where(row => KeyOf(row.Item) is not (null or "" or "-1")).GroupBy(row => KeyOf(row.Item))) Split([.. group.Select(row => row.Index)]);
                break;
        }
        var result = Enumerable.Repeat(-1, rows.Count).ToArray();
        foreach (var (number, session) in sessions.OrderBy(session => session[0]).Index())
            foreach (var at in session) result[at] = number;
        return result;

        string? KeyOf(MemoryEvent row) => switches.By == SessionsBy.Id ? row.SessionId : TextOf(switches.Property!, row);

        void Split(List<int> some)
        {
            foreach (var (index, at) in some.Index())
                if (index == 0 || !Fits(switches, zone, rows, sessions[^1], at)) sessions.Add([at]);
                else sessions[^1].Add(at);
        }
    }

    static bool Fits(SessionSwitches switches, DateTimeZone zone, IReadOnlyList<MemoryEvent> rows, List<int> session, int at)
    {
        LocalDate Date(int row) => Instant.FromDateTimeOffset(rows[row].Time).InZone(zone).Date;
        return (switches.Timeout is not { } timeout || rows[at].Time - rows[session[^1]].Time <= timeout)
            && (switches.Long != LongSessions.Cut || rows[at].Time - rows[session[0]].Time <= switches.MaxLength)
            && (!switches.EndAtMidnight || Date(at) == Date(session[0]));
    }

    static string? TextOf(Expression expression, MemoryEvent row)
    {
        var compiled = CompiledExpression.Compile(expression);
        var value = compiled.Evaluate([.. compiled.Inputs.Select(input => SegmentationOracle.Read(input, row))]);
        return value.IsMissing ? null : ValueText.Of(value);
    }
}
