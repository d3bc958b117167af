using Cairn.Query.Filters;
using NodaTime;

namespace Cairn.Query.Definitions;

/// <summary>A sessions report before it is asked: how many visits, how long, how many events in them, and what they begin and end with.</summary>
/// <remarks>Meaning and worked examples: docs/semantics/sessions.md.</remarks>
public sealed record SessionsDefinition
{
    public const int MaxEvents = SegmentationDefinition.MaxEvents;

    public const int MaxBreakdowns = SegmentationDefinition.MaxBreakdowns;

    /// <summary>Bins of the distribution of lengths.</summary>
    public const int MaxBins = 1_000;

    /// <summary>Events that sessions begin and end with, in each series.</summary>
    public const int MaxEnds = 1_000;

    /// <summary>The borders of lengths' bins unless others are asked for, milliseconds; the last bin has no end.</summary>
    /// <remarks>Source: Amplitude docs, "Dashboard REST API", "Session length distribution".</remarks>
    public static readonly IReadOnlyList<long> DefaultBinsMs = [0, 3_000, 10_000, 30_000, 60_000, 180_000, 600_000, 1_800_000, 3_600_000, 86_400_000, long.MaxValue];

    public required ReportProject Project { get; init; }

    /// <summary>When sessions begin; they may end after it.</summary>
    public required TimeRange Range { get; init; }

    /// <summary>Fixed when the report is built; decides which buckets are complete.</summary>
    public required Instant Now { get; init; }

    /// <summary>Only sessions with one of these count; none: all do.</summary>
    public IReadOnlyList<EventSelection> Events { get; init; } = [];

    /// <summary>Tested as <see cref="SessionSwitches.Filter"/> says.</summary>
    public Expression? Filter { get; init; }

    /// <summary>The value at a session's first event decides.</summary>
    public IReadOnlyList<Breakdown> Breakdowns { get; init; } = [];

    /// <summary>A session is in the bucket of its first event.</summary>
    public BucketSize Unit { get; init; } = new(TimeUnit.Day);

    /// <summary>The borders of lengths' bins, milliseconds, ascending: a bin begins at one and ends before the next. Lengths outside are in none.</summary>
    public IReadOnlyList<long> BinsMs { get; init; } = DefaultBinsMs;

    /// <summary>How many of the events that sessions begin and end with, the most frequent first.</summary>
    public int Ends { get; init; } = 10;

    /// <summary>How many series of breakdown values at most, those with the most sessions first; what is left is told together.</summary>
    public int Limit { get; init; } = 60;

    public required Switches Switches { get; init; }

    /// <summary>Says what is wrong with it, if anything is.</summary>
    /// <exception cref="DefinitionException">It can't be asked.</exception>
    public void Check()
    {
        if (Range.Until <= Range.From) throw new DefinitionException("range", "the range ends before it begins");
        if (Events.Count > MaxEvents) throw new DefinitionException("events", $"give at most {MaxEvents} events");
        if (Breakdowns.Count > MaxBreakdowns) throw new DefinitionException("breakdowns", $"give at most {MaxBreakdowns} breakdowns");
        if (Unit.Count < 1) throw new DefinitionException("interval", "give an interval of at least 1");
        if (Limit is < 1 or > SegmentationDefinition.MaxLimit) throw new DefinitionException("limit", $"give a limit from 1 to {SegmentationDefinition.MaxLimit}");
        if (Ends is < 0 or > MaxEnds) throw new DefinitionException("ends", $"give 0 to {MaxEnds}");
        if (BinsMs.Count is < 2 or > MaxBins + 1) throw new DefinitionException("bins_ms", $"give 2 to {MaxBins + 1} borders");
        for (var i = 0; i < BinsMs.Count; i++)
            if (BinsMs[i] < 0 || i > 0 && BinsMs[i] <= BinsMs[i - 1]) throw new DefinitionException("bins_ms", "give borders from 0 on, each greater than the one before");
        Switches.Sessions.Check();
    }
}

/// <summary>One number of a sessions answer, to ask what is behind it.</summary>
/// <param name="Keys">The series' breakdown values; empty: the whole, or the other.</param>
/// <param name="IsOther">Whether the series is the one of what the limit left out.</param>
/// <param name="Bucket">The bucket's start; null: the whole range.</param>
public sealed record SessionsNumber(IReadOnlyList<string> Keys, bool IsOther = false, LocalDateTime? Bucket = null)
{
    /// <summary>Only sessions that begin with this event; null: any.</summary>
    public string? Entry { get; init; }

    /// <summary>Only sessions that end with this event; null: any.</summary>
    public string? Exit { get; init; }

    /// <summary>Only sessions at least this long, milliseconds.</summary>
    public long FromMs { get; init; }

    /// <summary>Only sessions shorter than this, milliseconds; null: of any length.</summary>
    public long? UntilMs { get; init; }
}
