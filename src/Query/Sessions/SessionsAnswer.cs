using Cairn.Query.Definitions;
using NodaTime;

namespace Cairn.Query.Sessions;

/// <summary>What a sessions report came to.</summary>
/// <param name="Starts">The local times at which the buckets begin, ascending.</param>
/// <param name="AreComplete">For each bucket whether it is over.</param>
/// <param name="Series">The whole first, then breakdown values, the most sessions first, then what is left of them.</param>
/// <param name="SeriesBeforeLimit">How many breakdown values there were before the limit.</param>
public sealed record SessionsAnswer(
    IReadOnlyList<LocalDateTime> Starts, IReadOnlyList<bool> AreComplete, IReadOnlyList<SessionSeries> Series, int SeriesBeforeLimit, Coverage Coverage);

/// <summary>One series of an answer.</summary>
/// <param name="Keys">The value of each breakdown as text; empty for the whole and for the other.</param>
/// <param name="Whole">Over the whole range.</param>
/// <param name="Buckets">One a bucket.</param>
/// <param name="Entries">The events that sessions begin with, the most frequent first.</param>
/// <param name="Exits">The events that they end with.</param>
public sealed record SessionSeries(
    SessionSeriesKind Kind, IReadOnlyList<string> Keys, SessionCounts Whole, IReadOnlyList<SessionCounts> Buckets, IReadOnlyList<SessionEnd> Entries, IReadOnlyList<SessionEnd> Exits);

public enum SessionSeriesKind
{
    /// <summary>All sessions.</summary>
    Whole,

    /// <summary>Those of one value of each breakdown.</summary>
    Value,

    /// <summary>Those of the values that the limit left out, together.</summary>
    Other,
}

/// <summary>The numbers of one series in one bucket, or in the whole range.</summary>
/// <param name="Sessions">How many.</param>
/// <param name="Users">Different persons, as the switch says: with a session, or with any event.</param>
/// <param name="Events">Events in the sessions.</param>
/// <param name="TotalMs">The lengths of all of them, milliseconds.</param>
/// <param name="Lengths">How they lie; null without sessions.</param>
/// <param name="Bins">Sessions of each bin of lengths.</param>
public sealed record SessionCounts(long Sessions, int Users, long Events, long TotalMs, SessionLengths? Lengths, IReadOnlyList<long> Bins)
{
    /// <summary>0 without users.</summary>
    public double SessionsPerUser => Users == 0 ? 0 : (double)Sessions / Users;

    /// <summary>Milliseconds; 0 without users.</summary>
    public double LengthPerUserMs => Users == 0 ? 0 : (double)TotalMs / Users;

    /// <summary>Milliseconds; 0 without sessions.</summary>
    public double AverageMs => Sessions == 0 ? 0 : (double)TotalMs / Sessions;

    /// <summary>0 without sessions.</summary>
    public double EventsPerSession => Sessions == 0 ? 0 : (double)Events / Sessions;
}

/// <summary>How lengths lie, milliseconds. Percentiles by the definition of docs/semantics/sessions.md.</summary>
public sealed record SessionLengths(double LeastMs, double P25Ms, double MedianMs, double P75Ms, double P90Ms, double P99Ms, double GreatestMs);

/// <summary>An event that sessions begin or end with, and how many do.</summary>
public sealed record SessionEnd(string Event, long Sessions);

/// <summary>One session, of those behind a number.</summary>
/// <param name="Person">The id that all linked ids stand for.</param>
/// <param name="StartMs">Unix milliseconds of its first event.</param>
/// <param name="LengthMs">From that to its last.</param>
public sealed record FoundSession(string Person, long StartMs, long LengthMs, int Events, string Entry, string Exit)
{
    public static Comparer<FoundSession> Order { get; } = Comparer<FoundSession>.Create((x, y) =>
        string.CompareOrdinal(x.Person, y.Person) is var byPerson and not 0 ? byPerson
        : x.StartMs != y.StartMs ? x.StartMs.CompareTo(y.StartMs)
        : x.LengthMs != y.LengthMs ? x.LengthMs.CompareTo(y.LengthMs)
        : x.Events != y.Events ? x.Events.CompareTo(y.Events)
        : string.CompareOrdinal(x.Entry, y.Entry) is var byEntry and not 0 ? byEntry : string.CompareOrdinal(x.Exit, y.Exit));
}
