using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Globalization;

namespace Cairn.Api.Mixpanel;

/// <summary>
/// The answers that clients are paging through, so that a profile that changes meanwhile neither comes twice nor is missed. A
/// session unknown here (another instance began it, or it is over) is asked anew: then pages may shift.
/// </summary>
public sealed class EngageSessions(TimeProvider clock)
{
    /// <summary>How long a client may take between two pages.</summary>
    static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    /// <summary>Answers kept at once; past it the oldest goes.</summary>
    const int MaxSessions = 64;

    const string Letters = "ABCDEFGHJKLMNPQRSTUVWXYZ";

    readonly ConcurrentDictionary<(string ProjectId, string SessionId), Session> sessions = new();

    /// <summary>Keeps an answer; gives the session's id, in the vendor's form: seconds, a dash, letters.</summary>
    internal string Begin(string projectId, IReadOnlyList<EngageSubject> subjects)
    {
        var now = clock.GetUtcNow();
        foreach (var (key, session) in sessions)
            if (session.Until < now) sessions.TryRemove(key, out _);
        while (sessions.Count >= MaxSessions && sessions.MinBy(entry => entry.Value.Until).Key is var oldest)
            if (!sessions.TryRemove(oldest, out _)) break;
        var id = string.Create(CultureInfo.InvariantCulture, $"{now.ToUnixTimeSeconds()}-{RandomNumberGenerator.GetString(Letters, 12)}");
        sessions[(projectId, id)] = new(subjects, now + Lifetime);
        return id;
    }

    /// <summary>An answer that was kept; null where there is none. Asking makes it stay longer.</summary>
    internal IReadOnlyList<EngageSubject>? Find(string projectId, string sessionId)
    {
        if (!sessions.TryGetValue((projectId, sessionId), out var session) || session.Until < clock.GetUtcNow()) return null;
        sessions[(projectId, sessionId)] = session with { Until = clock.GetUtcNow() + Lifetime };
        return session.Subjects;
    }

    sealed record Session(IReadOnlyList<EngageSubject> Subjects, DateTimeOffset Until);
}
