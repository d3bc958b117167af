using Cairn.Query.Scanning;
using Cairn.Query.Turns;

namespace Cairn.Query.Sessions;

/// <summary>Adds up what workers counted; no person is known to two of them.</summary>
/// <param name="names">Names of events by their codes.</param>
sealed class JoinedSessions(SessionsPlan plan, TextPool names, ReportMemory memory, CancellationToken cancellationToken)
{
    /// <param name="parts">One series, of each worker that met it.</param>
    public SessionSeries SeriesOf(IReadOnlyList<SeriesOfSessions> parts)
    {
        var buckets = Enumerable.Range(0, plan.Buckets.Count).Select(bucket => parts.Select(part => part.Buckets[bucket]).OfType<SessionCell>().ToArray()).ToArray();
        return new(
            parts[0].Kind,
            parts[0].Keys,
            CountsOf([.. buckets.SelectMany(cells => cells)], parts.Sum(part => part.Users.Count)),
            [.. buckets.Select(cells => CountsOf(cells, cells.Sum(cell => cell.Users.Count)))],
            EndsOf(parts.Select(part => part.Entries)),
            EndsOf(parts.Select(part => part.Exits)));
    }

    /// <param name="cells">What to add up.</param>
    /// <param name="users">Different persons: those of several buckets are fewer than their sum.</param>
    SessionCounts CountsOf(IReadOnlyList<SessionCell> cells, int users)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (lengths, bins) = LengthSpread.Of(cells, plan.Definition.BinsMs, memory);
        return new(cells.Sum(cell => cell.Sessions), users, cells.Sum(cell => cell.Events), cells.Sum(cell => cell.TotalMs), lengths, bins);
    }

    IReadOnlyList<SessionEnd> EndsOf(IEnumerable<long[]> ofParts)
    {
        var counts = new long[names.Count];
        foreach (var part in ofParts)
            for (var code = 0; code < part.Length; code++) counts[code] += part[code];
        return [.. counts.Select((sessions, code) => (Sessions: sessions, Code: code)).Where(end => end.Sessions > 0)
            .OrderByDescending(end => end.Sessions).ThenBy(end => names[end.Code], StringComparer.Ordinal)
            .Take(plan.Definition.Ends).Select(end => new SessionEnd(names[end.Code], end.Sessions))];
    }
}
