using Cairn.Query.Filters;

namespace Cairn.Query.Definitions;

/// <summary>Every way in which Mixpanel and Amplitude cut a person's events into sessions, each a named switch. They hold for every report.</summary>
/// <remarks>Each with its sources: docs/semantics/sessions.md, "Switches". Sessions are cut when a report is asked; nothing is stored.</remarks>
/// <param name="By">What makes events one session.</param>
/// <param name="Timeout">A longer time than this without an event ends a session; null: none does.</param>
/// <param name="EndAtMidnight">Whether a session ends with its day of the report's zone.</param>
/// <param name="Long">What becomes of a session that is longer than <paramref name="MaxLength"/>.</param>
/// <param name="MaxLength">From a session's first event to its last.</param>
/// <param name="Filter">What a filter of the sessions report is tested on.</param>
/// <param name="Users">Whom sessions are shared out among.</param>
public sealed record SessionSwitches(
    SessionsBy By, TimeSpan? Timeout, bool EndAtMidnight, LongSessions Long, TimeSpan MaxLength, SessionFilter Filter, SessionUsers Users)
{
    /// <summary>Source: Mixpanel docs, "Sessions", "Timeout-based query sessions": 30 minutes unless set, from 1 minute to 24 hours.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(30), ShortestTimeout = TimeSpan.FromMinutes(1), LongestTimeout = TimeSpan.FromHours(24);

    /// <summary>Hours that a session may last at most, where its length is limited.</summary>
    public const int MostHours = 366 * 24;

    /// <summary>Names in each list of events.</summary>
    public const int MaxNames = 50;

    /// <summary>Events that are nothing a user did: they never begin, extend or end a session.</summary>
    /// <remarks>Source: Mixpanel docs, "Sessions", "Excluded events".</remarks>
    public static readonly IReadOnlyList<string> NeverCounted =
    [
        "$identify", "$create_alias", "$merge", "$hotshard_events", "$campaign_delivery", "$campaign_bounced", "$campaign_marked_spam", "$message_suppressed", "$unsubscribe",
        "$journey_entered",
    ];

    /// <summary>Half an hour without an event ends a session, and so do midnight and 24 hours.</summary>
    public static SessionSwitches Mixpanel { get; } = new(
        SessionsBy.Timeout, DefaultTimeout, EndAtMidnight: true, LongSessions.Cut, TimeSpan.FromHours(24), SessionFilter.FirstEvent, SessionUsers.WithSessions);

    /// <summary>The id that events carry; a session longer than 24 hours is left out.</summary>
    public static SessionSwitches Amplitude { get; } = new(
        SessionsBy.Id, null, EndAtMidnight: false, LongSessions.LeftOut, TimeSpan.FromHours(24), SessionFilter.BeforeCut, SessionUsers.Active);

    /// <summary>What events of one session share, with <see cref="SessionsBy.Property"/>.</summary>
    public Expression? Property { get; init; }

    /// <summary>Events that begin a session, with <see cref="SessionsBy.Events"/>.</summary>
    public IReadOnlyList<string> StartEvents { get; init; } = [];

    /// <summary>Events that are the last of a session, with <see cref="SessionsBy.Events"/>; none: the timeout ends it.</summary>
    public IReadOnlyList<string> EndEvents { get; init; } = [];

    /// <summary>Events that are left aside beside <see cref="NeverCounted"/>.</summary>
    public IReadOnlyList<string> ExcludedEvents { get; init; } = [];

    /// <summary>Says what is wrong with them, if anything is.</summary>
    /// <exception cref="DefinitionException">They can't be followed.</exception>
    public void Check()
    {
        if (Timeout is { } timeout && (timeout < ShortestTimeout || timeout > LongestTimeout))
            throw new DefinitionException("switches.session_timeout_minutes", $"give {ShortestTimeout.TotalMinutes} to {LongestTimeout.TotalMinutes} minutes");
        if (By == SessionsBy.Timeout && Timeout is null) throw new DefinitionException("switches.session_timeout_minutes", "sessions by timeout need one");
        if (By == SessionsBy.Property && Property is null) throw new DefinitionException("switches.session_property", "say which property the events of a session share, such as event.visit");
        if (By == SessionsBy.Events && StartEvents.Count == 0) throw new DefinitionException("switches.session_starts", "name the events that begin a session");
        foreach (var (field, names) in new[] { ("session_starts", StartEvents), ("session_ends", EndEvents), ("session_excludes", ExcludedEvents) })
            if (names.Count > MaxNames) throw new DefinitionException($"switches.{field}", $"name at most {MaxNames} events");
    }
}

/// <summary>What makes events one session.</summary>
public enum SessionsBy
{
    /// <summary>That no longer time than the timeout lies between them.</summary>
    Timeout,

    /// <summary>The session id they carry; events without one are in no session.</summary>
    Id,

    /// <summary>The value they have in common; events without one are in no session.</summary>
    Property,

    /// <summary>That they come after an event that begins a session, and before what ends it; others are in no session.</summary>
    Events,
}

/// <summary>What becomes of a session that gets longer than one may be.</summary>
public enum LongSessions
{
    /// <summary>The first event after that length begins another session.</summary>
    Cut,

    /// <summary>It stays one session, which reports that count sessions leave out.</summary>
    LeftOut,

    /// <summary>It counts as any other.</summary>
    Kept,
}

/// <summary>What a filter of the sessions report is tested on.</summary>
public enum SessionFilter
{
    /// <summary>On each event, before sessions are cut: they are made of the events that pass.</summary>
    BeforeCut,

    /// <summary>On each session's first event.</summary>
    FirstEvent,
}

/// <summary>Whom sessions are shared out among, where they are told by user.</summary>
public enum SessionUsers
{
    /// <summary>Those with a session that begins in the bucket.</summary>
    WithSessions,

    /// <summary>Those with any event in the bucket, in a session or not.</summary>
    Active,
}
