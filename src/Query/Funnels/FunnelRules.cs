using System.Numerics;
using Cairn.Query.Definitions;

namespace Cairn.Query.Funnels;

/// <summary>How a funnel walks through one person's rows: a definition's rules as numbers and bits.</summary>
/// <remarks>
/// A row's marks: bits 0 to 19 the steps it meets, 20 to 29 the exclusions, 31 that an attempt may begin here (its time, the compared filter and
/// whose row it is are decided already). A row without marks matters in exact order alone, as something else that happened.
/// </remarks>
public sealed class FunnelRules
{
    /// <summary>The bit that says an attempt may begin at a row.</summary>
    public const uint Entry = 1u << 31;

    /// <summary>The bit of the first exclusion.</summary>
    public const int FirstExclusion = FunnelDefinition.MaxSteps;

    public FunnelRules(FunnelDefinition definition)
    {
        var switches = definition.Switches.Funnels;
        StepCount = definition.Steps.Count;
        Blocks = BlocksOf(definition);
        Breaks = BreaksOf(definition);
        IsExact = definition.Order == FunnelOrder.Exact;
        (Reentry, Attempt, Ties, WindowFrom) = (switches.Reentry, switches.Attempt, switches.Ties, switches.WindowFrom);
        (WindowMs, WindowSessions) = definition.EffectiveWindow switch
        {
            ConversionWindow.Duration { Length: var length } => ((long)length.TotalMilliseconds, 0),
            ConversionWindow.Sessions { Count: var count } => (0, count),
            _ => throw new ArgumentOutOfRangeException(nameof(definition), definition.Window, "no window"),
        };
        GraceMs = Ties == StepTies.WithinTwoSeconds ? 2000 : 0;
        IsPlain = WindowSessions == 0 && !IsExact && Ties is StepTies.Stored or StepTies.SameMillisecond && Reentry == FunnelReentry.Aggressive && Attempt == FunnelAttempt.Best
            && WindowFrom == WindowFrom.FirstStep && Blocks.Length == StepCount && Breaks.All(bits => bits == 0);
    }

    public int StepCount { get; }

    /// <summary>Steps that come one after the other, each block's in whatever order: of each block its steps' bits.</summary>
    public uint[] Blocks { get; }

    /// <summary>By the number of steps reached: the exclusions' bits that then end an attempt; nothing at 0.</summary>
    public uint[] Breaks { get; }

    /// <summary>Whether whatever is no step of the attempt ends it.</summary>
    public bool IsExact { get; }

    public FunnelReentry Reentry { get; }

    public FunnelAttempt Attempt { get; }

    public StepTies Ties { get; }

    public WindowFrom WindowFrom { get; }

    /// <summary>0 where the window is counted in sessions.</summary>
    public long WindowMs { get; }

    /// <summary>0 where the window is elapsed time.</summary>
    public int WindowSessions { get; }

    public long GraceMs { get; }

    /// <summary>Whether the furthest of all attempts is wanted with nothing in the way: the kernel has a shorter path for it.</summary>
    public bool IsPlain { get; }

    /// <summary>The step that a row is as an entry: the first listed of the first block; -1 where it can't be one.</summary>
    public int EntryStep(uint marks)
    {
        var steps = marks & Blocks[0];
        return (marks & Entry) == 0 || steps == 0 ? -1 : BitOperations.TrailingZeroCount(steps);
    }

    static uint[] BlocksOf(FunnelDefinition definition)
    {
        var blocks = new List<uint>();
        for (var step = 0; step < definition.Steps.Count; step++)
        {
            var joins = definition.Order == FunnelOrder.Any && step > 0 && !definition.Steps[step].IsAnchored && !definition.Steps[step - 1].IsAnchored;
            if (joins) blocks[^1] |= 1u << step;
            else blocks.Add(1u << step);
        }
        return [.. blocks];
    }

    static uint[] BreaksOf(FunnelDefinition definition)
    {
        var breaks = new uint[definition.Steps.Count + 1];
        for (var i = 0; i < definition.Exclusions.Count; i++)
            for (var reached = definition.Exclusions[i].FromStep; reached < definition.Exclusions[i].ToStep; reached++)
                breaks[reached] |= 1u << (FirstExclusion + i);
        return breaks;
    }
}

/// <summary>How an attempt ended.</summary>
public enum FunnelEnd : byte
{
    /// <summary>All steps were reached.</summary>
    Converted = 0,

    /// <summary>The next step did not come in time; or, in exact order, something else came.</summary>
    Dropped = 1,

    /// <summary>An exclusion came first.</summary>
    Excluded = 2,
}
