using Cairn.Query.Definitions;

namespace Cairn.Api.V1.Query;

/// <summary>Reads the switches of sessions, the same for every report that has any.</summary>
/// <remarks>Meaning: docs/semantics/sessions.md, "Switches".</remarks>
static class SessionSwitchFields
{
    /// <summary>How events are cut into sessions.</summary>
    /// <param name="switches">Single switches over the preset.</param>
    public static SessionSwitches Over(SessionSwitches preset, DefinitionFields switches)
    {
        var by = switches.Choice("sessions_by", preset.By,
            ("timeout", SessionsBy.Timeout), ("id", SessionsBy.Id), ("property", SessionsBy.Property), ("events", SessionsBy.Events));
        var minutes = switches.Whole("session_timeout_minutes", 0, (int)SessionSwitches.ShortestTimeout.TotalMinutes, (int)SessionSwitches.LongestTimeout.TotalMinutes);
        // What is told by the events themselves needs no timeout; what is told by time does.
        var timeout = by is SessionsBy.Timeout or SessionsBy.Events ? preset.Timeout ?? SessionSwitches.DefaultTimeout : by == preset.By ? preset.Timeout : null;
        return preset with
        {
            By = by,
            Timeout = minutes > 0 ? TimeSpan.FromMinutes(minutes) : timeout,
            EndAtMidnight = switches.Choice("session_midnight", preset.EndAtMidnight, ("ends", true), ("continues", false)),
            Long = switches.Choice("long_sessions", preset.Long, ("cut", LongSessions.Cut), ("left_out", LongSessions.LeftOut), ("kept", LongSessions.Kept)),
            MaxLength = TimeSpan.FromHours(switches.Whole("session_max_hours", (int)preset.MaxLength.TotalHours, 1, SessionSwitches.MostHours)),
            Property = Expressions.Breakdown(switches, "session_property"),
            StartEvents = Names(switches, "session_starts"),
            EndEvents = Names(switches, "session_ends"),
            ExcludedEvents = Names(switches, "session_excludes"),
        };
    }

    /// <summary>How the sessions report counts them, beside.</summary>
    public static SessionSwitches CountedOver(SessionSwitches preset, DefinitionFields switches) => Over(preset, switches) with
    {
        Filter = switches.Choice("session_filter", preset.Filter, ("before_cut", SessionFilter.BeforeCut), ("first_event", SessionFilter.FirstEvent)),
        Users = switches.Choice("session_users", preset.Users, ("with_sessions", SessionUsers.WithSessions), ("active", SessionUsers.Active)),
    };

    static IReadOnlyList<string> Names(DefinitionFields switches, string name) =>
        [.. switches.List(name, $"a list of up to {SessionSwitches.MaxNames} event names").Select(item => item.Element.ToString())];
}
