namespace Cairn.Query.Definitions;

/// <summary>Every way in which Mixpanel and Amplitude count funnels differently, each a named switch.</summary>
/// <remarks>Each with its sources: docs/semantics/funnels.md, "Switches".</remarks>
/// <param name="Reentry">Which events begin attempts.</param>
/// <param name="Attempt">Which of a person's attempts stands for the person.</param>
/// <param name="Ties">How close two events must be for their order not to matter.</param>
/// <param name="WindowFrom">From where the conversion window is measured.</param>
/// <param name="HeldUnit">What is counted where a property is held constant.</param>
/// <param name="Segments">In how many segments of a breakdown a person may count.</param>
/// <param name="Trend">What a bucket of a trend holds.</param>
/// <param name="AnyOrderWindow">Whether a window in any order is cut to whole days.</param>
public sealed record FunnelSwitches(
    FunnelReentry Reentry,
    FunnelAttempt Attempt,
    StepTies Ties,
    WindowFrom WindowFrom,
    HeldUnit HeldUnit,
    FunnelSegments Segments,
    FunnelTrend Trend,
    AnyOrderWindow AnyOrderWindow)
{
    /// <summary>The first attempt in the range, two seconds of grace, a segment for each attempt.</summary>
    public static FunnelSwitches Mixpanel { get; } = new(
        FunnelReentry.Default, FunnelAttempt.First, StepTies.WithinTwoSeconds, WindowFrom.FirstStep, HeldUnit.Person, FunnelSegments.EachAttempt,
        FunnelTrend.EachBucket, AnyOrderWindow.AsGiven);

    /// <summary>The attempt that gets furthest, events of one second in either order, one segment a person.</summary>
    public static FunnelSwitches Amplitude { get; } = new(
        FunnelReentry.Aggressive, FunnelAttempt.Best, StepTies.SameSecond, WindowFrom.FirstStep, HeldUnit.PersonAndValue, FunnelSegments.ChosenAttempt,
        FunnelTrend.EachBucket, AnyOrderWindow.WholeDays);
}

/// <summary>Which events that meet the first step begin an attempt.</summary>
public enum FunnelReentry
{
    /// <summary>One attempt at a time: what meets the first step while one is open is left alone.</summary>
    Default,

    /// <summary>As the default; but once the second step is reached, what meets the first step ends the attempt and begins another.</summary>
    Basic,

    /// <summary>As the default; but while the second step is awaited, the latest event that meets the first step counts as the entry.</summary>
    Optimized,

    /// <summary>Each event that meets the first step begins an attempt of its own, whatever else is open; attempts may share their later events.</summary>
    Aggressive,
}

/// <summary>Which of a person's attempts counts, where a person counts once.</summary>
public enum FunnelAttempt
{
    /// <summary>The one that began first.</summary>
    First,

    /// <summary>The one that got furthest; of equals the one that began first.</summary>
    Best,
}

/// <summary>How close two events must be for their order not to matter.</summary>
public enum StepTies
{
    /// <summary>It always matters: events of one millisecond are in the order of their rows.</summary>
    Stored,

    /// <summary>Events of one millisecond have either order.</summary>
    SameMillisecond,

    /// <summary>Events of one second of the clock have either order.</summary>
    SameSecond,

    /// <summary>Events at most two seconds apart have either order.</summary>
    WithinTwoSeconds,
}

/// <summary>From where the conversion window is measured.</summary>
public enum WindowFrom
{
    /// <summary>From the entry: the last step must come within the window of the first.</summary>
    FirstStep,

    /// <summary>From the step before: each step has the whole window again.</summary>
    PreviousStep,
}

/// <summary>What counts once where a property is held constant.</summary>
public enum HeldUnit
{
    /// <summary>The person: of the attempts with different values one stands for it.</summary>
    Person,

    /// <summary>The pair of person and value.</summary>
    PersonAndValue,
}

/// <summary>In how many segments of a breakdown a person may count, where a person counts once.</summary>
public enum FunnelSegments
{
    /// <summary>Once in each segment that some attempt belongs to: segments may add up to more than the whole.</summary>
    EachAttempt,

    /// <summary>In the segment of the attempt that stands for the person: segments add up to the whole.</summary>
    ChosenAttempt,
}

/// <summary>What a bucket of a trend holds.</summary>
public enum FunnelTrend
{
    /// <summary>A funnel of its own over the entries of the bucket: a person may count in several.</summary>
    EachBucket,

    /// <summary>The attempts of the whole range that began in the bucket: buckets add up to the whole.</summary>
    WholeRange,
}

/// <summary>What becomes of a window that is no whole number of days, where steps come in any order.</summary>
public enum AnyOrderWindow
{
    AsGiven,

    /// <summary>It is cut to whole days, and is at least one.</summary>
    WholeDays,
}
