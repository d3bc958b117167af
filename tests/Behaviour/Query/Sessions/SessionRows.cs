using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Sessions;
using Cairn.Support.Query;
using NodaTime;

namespace Cairn.Behaviour.Query.Sessions;

/// <summary>Hands a person's events to the kernel.</summary>
static class SessionRows
{
    /// <param name="rows">All of one person's, in order.</param>
    public static int[] ByKernel(SessionSwitches switches, DateTimeZone zone, IReadOnlyList<MemoryEvent> rows)
    {
        var kernel = new SessionKernel(
            switches.Timeout is { } timeout ? (long)timeout.TotalMilliseconds : long.MaxValue,
            switches.Long == LongSessions.Cut ? (long)switches.MaxLength.TotalMilliseconds : long.MaxValue,
            switches.EndAtMidnight ? new(zone) : null);
        long[] times = [.. rows.Select(row => row.Time.ToUnixTimeMilliseconds())];
        uint[] kinds = [.. rows.Select(row => KindOf(switches, row.Name))];
        var sessions = new int[rows.Count];
        var count = switches.By switch
        {
            SessionsBy.Timeout => kernel.ByTimeout(times, kinds, sessions),
            SessionsBy.Events => kernel.ByEvents(times, kinds, sessions),
            _ => kernel.ByKey(times, kinds, KeysOf(switches, rows), sessions),
        };
        return count == sessions.Append(-1).Max() + 1 ? sessions : throw new InvalidOperationException($"{count} sessions of {string.Join(' ', sessions)}");
    }

    static uint KindOf(SessionSwitches switches, string name)
    {
        if (SessionSwitches.NeverCounted.Contains(name) || switches.ExcludedEvents.Contains(name)) return 0;
        return SessionKernel.Forms | (switches.StartEvents.Contains(name) ? SessionKernel.Starts : 0) | (switches.EndEvents.Contains(name) ? SessionKernel.Ends : 0);
    }

    static int[] KeysOf(SessionSwitches switches, IReadOnlyList<MemoryEvent> rows)
    {
        var compiled = switches.By == SessionsBy.Property ? CompiledExpression.Compile(switches.Property!) : null;
        var known = new List<string>();
        return [.. rows.Select(row =>
        {
            var value = compiled?.Evaluate([.. compiled.Inputs.Select(input => SegmentationOracle.Read(input, row))]);
            var text = compiled is null ? row.SessionId : value!.Value.IsMissing ? null : ValueText.Of(value.Value);
            if (text is null or "" or "-1") return -1;
            if (!known.Contains(text)) known.Add(text);
            return known.IndexOf(text);
        })];
    }
}
