using Cairn.Query.Definitions;

namespace Cairn.Query.Sessions;

/// <summary>Which sessions one number of an answer stands for, while they are counted anew.</summary>
/// <param name="bucket">The number's bucket; -1: the whole range.</param>
sealed class SessionsWatch(SessionsNumber number, int bucket)
{
    /// <summary>Bytes of what is noted of a session, with its place in the list, and of a user.</summary>
    public const long BytesOfSession = 136, BytesOfUser = 32;

    readonly SessionSeriesKind kind = number.IsOther ? SessionSeriesKind.Other : number.Keys.Count > 0 ? SessionSeriesKind.Value : SessionSeriesKind.Whole;

    public bool Covers(SeriesOfSessions series, int inBucket) =>
        series.Kind == kind && (bucket < 0 || bucket == inBucket) && (kind != SessionSeriesKind.Value || series.Keys.SequenceEqual(number.Keys));

    public bool Covers(in WatchedSession session) =>
        session.LengthMs >= number.FromMs && (number.UntilMs is not { } untilMs || session.LengthMs < untilMs)
        && (number.Entry is null || number.Entry == session.Entry) && (number.Exit is null || number.Exit == session.Exit);
}

/// <summary>A session behind a number, with its person's code.</summary>
readonly record struct WatchedSession(int Person, long StartMs, long LengthMs, int Events, string Entry, string Exit);
