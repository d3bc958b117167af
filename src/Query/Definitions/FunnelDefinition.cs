using Cairn.Query.Filters;
using NodaTime;

namespace Cairn.Query.Definitions;

/// <summary>A funnel before it is asked: which steps, within which time, counted how.</summary>
/// <remarks>Meaning and worked examples: docs/semantics/funnels.md.</remarks>
public sealed record FunnelDefinition
{
    /// <summary>Steps; a bit of a row's marks for each.</summary>
    public const int MaxSteps = 20;

    /// <summary>Exclusions; a bit of a row's marks for each.</summary>
    public const int MaxExclusions = 10;

    /// <summary>Properties held constant. Source: Mixpanel docs, "Funnels: Advanced", "Holding Property Constant".</summary>
    public const int MaxHeld = 3;

    public const int MaxBreakdowns = 3;

    /// <summary>Compared filters: each is a pass over the marked rows.</summary>
    public const int MaxCompared = 10;

    /// <summary>Series of one answer, beside the whole and the other.</summary>
    public const int MaxLimit = 10_000;

    public required ReportProject Project { get; init; }

    /// <summary>When attempts begin; later steps may follow it.</summary>
    public required TimeRange Range { get; init; }

    /// <summary>Fixed when the report is built; nothing asks the clock later.</summary>
    public required Instant Now { get; init; }

    public required IReadOnlyList<FunnelStep> Steps { get; init; }

    public ConversionWindow Window { get; init; } = new ConversionWindow.Duration(TimeSpan.FromDays(7));

    public FunnelOrder Order { get; init; } = FunnelOrder.This;

    public FunnelCounting Counting { get; init; } = FunnelCounting.Uniques;

    /// <summary>Events that end an attempt.</summary>
    public IReadOnlyList<FunnelExclusion> Exclusions { get; init; } = [];

    /// <summary>What must be the same at every step of an attempt.</summary>
    public IReadOnlyList<Expression> Held { get; init; } = [];

    /// <summary>What must be true of every step's event; null: nothing.</summary>
    public Expression? Filter { get; init; }

    /// <summary>Conditions on the entry, side by side, each with its own series; empty: one answer for all.</summary>
    public IReadOnlyList<ComparedFilter> Compared { get; init; } = [];

    /// <summary>Whose attempts count.</summary>
    public FunnelEntrants Entrants { get; init; } = FunnelEntrants.Everyone;

    public IReadOnlyList<Breakdown> Breakdowns { get; init; } = [];

    /// <summary>Which event of an attempt the breakdowns' values are taken from.</summary>
    public FunnelAttribution Attribution { get; init; } = FunnelAttribution.AtStep(1);

    /// <summary>A number that is added up at each step; null: none.</summary>
    public Expression? Sum { get; init; }

    /// <summary>Whether times to convert are told by median, percentiles and distribution beside the average.</summary>
    public bool WithTimes { get; init; } = true;

    /// <summary>Buckets of a trend by the entry's time; null: no trend.</summary>
    public BucketSize? Unit { get; init; }

    /// <summary>How many series of breakdown values at most, the largest first; what is left is added up under "other".</summary>
    public int Limit { get; init; } = 60;

    public required Switches Switches { get; init; }

    /// <summary>The window as it counts, cut to whole days where the switches say so.</summary>
    public ConversionWindow EffectiveWindow =>
        Order == FunnelOrder.Any && Switches.Funnels.AnyOrderWindow == AnyOrderWindow.WholeDays && Window is ConversionWindow.Duration { Length: var length }
            ? new ConversionWindow.Duration(TimeSpan.FromDays(Math.Max(1, Math.Floor(length.TotalDays))))
            : Window;

    /// <summary>Says what is wrong with it, if anything is.</summary>
    /// <exception cref="DefinitionException">It can't be asked.</exception>
    public void Check()
    {
        if (Steps.Count is 0 or > MaxSteps) throw new DefinitionException("steps", $"give 1 to {MaxSteps} steps");
        if (Range.Until <= Range.From) throw new DefinitionException("range", "the range ends before it begins");
        if (Exclusions.Count > MaxExclusions) throw new DefinitionException("exclusions", $"give at most {MaxExclusions} exclusions");
        for (var i = 0; i < Steps.Count; i++)
            if (Steps[i].AnyOf.Count == 0) throw new DefinitionException($"steps[{i}]", "name at least one event");
        for (var i = 0; i < Exclusions.Count; i++)
            if (Exclusions[i].FromStep < 1 || Exclusions[i].ToStep > Steps.Count || Exclusions[i].FromStep >= Exclusions[i].ToStep)
                throw new DefinitionException($"exclusions[{i}].from_step", $"an exclusion stands between two steps: give from_step and to_step from 1 to {Steps.Count}, the first before the second");
        if (Held.Count > MaxHeld) throw new DefinitionException("hold_constant", $"hold at most {MaxHeld} properties constant");
        if (Breakdowns.Count > MaxBreakdowns) throw new DefinitionException("breakdowns", $"give at most {MaxBreakdowns} breakdowns");
        if (Compared.Count > MaxCompared) throw new DefinitionException("compare", $"compare at most {MaxCompared} filters");
        if (Limit is < 1 or > MaxLimit) throw new DefinitionException("limit", $"give a limit from 1 to {MaxLimit}");
        if (Unit is { Count: < 1 }) throw new DefinitionException("interval", "give an interval of at least 1");
        if (Attribution is { Kind: AttributionKind.Step } && (Attribution.Step < 1 || Attribution.Step > Steps.Count))
            throw new DefinitionException("attribution.step", $"give a step from 1 to {Steps.Count}");
        CheckWindow();
        CheckOrder();
        Switches.Sessions.Check();
    }

    void CheckWindow()
    {
        switch (Window)
        {
            case ConversionWindow.Duration { Length: var length } when length < ConversionWindow.Shortest || length > ConversionWindow.Longest:
                throw new DefinitionException("window", $"give a window from 1 second to {ConversionWindow.Longest.TotalDays} days");
            case ConversionWindow.Sessions { Count: < 1 or > ConversionWindow.MostSessions }:
                throw new DefinitionException("window.sessions", $"give 1 to {ConversionWindow.MostSessions} sessions");
            case ConversionWindow.Duration when Counting == FunnelCounting.Sessions:
                throw new DefinitionException("window", "where sessions are counted the window is given in sessions, such as {\"sessions\": 1}");
        }
        if (Window is ConversionWindow.Sessions && Switches.Funnels.WindowFrom == WindowFrom.PreviousStep)
            throw new DefinitionException("switches.window_from", "a window of sessions begins at the first step: say first_step");
    }

    void CheckOrder()
    {
        if (Order != FunnelOrder.Any && Steps.Any(step => step.IsAnchored))
            throw new DefinitionException("steps", "only steps in any order can be anchored: leave anchored out, or say \"order\": \"any\"");
    }
}

/// <summary>One step of a funnel.</summary>
/// <param name="AnyOf">What meets it: an event that is any of these.</param>
/// <param name="Label">What it is called; null: as its first event.</param>
/// <param name="IsAnchored">In any order: whether it keeps its place, after all steps before it and before all after it.</param>
public sealed record FunnelStep(IReadOnlyList<EventSelection> AnyOf, string? Label = null, bool IsAnchored = false)
{
    /// <summary>What it is called.</summary>
    public string Name => Label ?? string.Join(" or ", AnyOf.Select(selection => selection.Label));

    public static FunnelStep Of(EventSelection selection) => new([selection]);
}

/// <summary>Events that end an attempt while it is between two steps.</summary>
/// <param name="AnyOf">What ends it: an event that is any of these.</param>
/// <param name="FromStep">After this step is reached, from 1.</param>
/// <param name="ToStep">Until this one is.</param>
public sealed record FunnelExclusion(IReadOnlyList<EventSelection> AnyOf, int FromStep, int ToStep);

/// <summary>How long an attempt has.</summary>
public abstract record ConversionWindow
{
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1), Longest = TimeSpan.FromDays(366);

    /// <summary>Source: Mixpanel docs, "Funnels: Advanced", "Conversion Window": up to 12 sessions.</summary>
    public const int MostSessions = 12;

    /// <summary>Elapsed time; an event exactly this long after counts.</summary>
    public sealed record Duration(TimeSpan Length) : ConversionWindow;

    /// <summary>So many sessions, beginning with the entry's.</summary>
    public sealed record Sessions(int Count) : ConversionWindow;
}

public enum FunnelOrder
{
    /// <summary>The steps in their order; anything may happen between them.</summary>
    This,

    /// <summary>The steps in whatever order.</summary>
    Any,

    /// <summary>The steps in their order and nothing else between them.</summary>
    Exact,
}

public enum FunnelCounting
{
    /// <summary>Each person once.</summary>
    Uniques,

    /// <summary>Every attempt.</summary>
    Totals,

    /// <summary>Each session that an attempt begins in once.</summary>
    Sessions,
}

/// <summary>Whose attempts count.</summary>
public enum FunnelEntrants
{
    Everyone,

    /// <summary>Persons whose first event ever lies in the range.</summary>
    NewInRange,
}

public enum AttributionKind
{
    /// <summary>The first value along the attempt that is there.</summary>
    First,

    /// <summary>The last one.</summary>
    Last,

    /// <summary>The value at one step, there or not.</summary>
    Step,
}

/// <summary>Which event of an attempt a breakdown's value is taken from.</summary>
/// <param name="Step">From 1; 0 where the kind names no step.</param>
public readonly record struct FunnelAttribution(AttributionKind Kind, int Step)
{
    public static FunnelAttribution First => new(AttributionKind.First, 0);

    public static FunnelAttribution Last => new(AttributionKind.Last, 0);

    public static FunnelAttribution AtStep(int step) => new(AttributionKind.Step, step);
}
