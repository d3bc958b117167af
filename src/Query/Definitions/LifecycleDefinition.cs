using Cairn.Query.Filters;
using NodaTime;

namespace Cairn.Query.Definitions;

/// <summary>A lifecycle report before it is asked: who is new, still here, back again or gone.</summary>
/// <remarks>Meaning and worked examples: docs/semantics/lifecycle.md.</remarks>
public sealed record LifecycleDefinition
{
    public const int MaxEvents = 50;

    public const int MaxBreakdowns = SegmentationDefinition.MaxBreakdowns;

    public required ReportProject Project { get; init; }

    /// <summary>Widened to whole days, weeks or months.</summary>
    public required TimeRange Range { get; init; }

    /// <summary>Fixed when the report is built; nobody is gone from an interval that has not begun.</summary>
    public required Instant Now { get; init; }

    /// <summary>What makes a person active: any of these.</summary>
    public required IReadOnlyList<EventSelection> Events { get; init; }

    public Expression? Filter { get; init; }

    /// <summary>The usage interval: days, weeks or months.</summary>
    public BucketSize Unit { get; init; } = new(TimeUnit.Week);

    /// <summary>Each person is in the series of the value that the latest of these events has, up to the end of the last interval; in several where that is a list.</summary>
    public IReadOnlyList<Breakdown> Breakdowns { get; init; } = [];

    /// <summary>How many series at most, those with the most people first.</summary>
    public int Limit { get; init; } = 60;

    public required Switches Switches { get; init; }

    /// <summary>Says what is wrong with it, if anything is.</summary>
    /// <exception cref="DefinitionException">It can't be asked.</exception>
    public void Check()
    {
        if (Range.Until <= Range.From) throw new DefinitionException("range", "the range ends before it begins");
        if (Events.Count is 0 or > MaxEvents) throw new DefinitionException("events", $"give 1 to {MaxEvents} events");
        if (Unit.Unit is not (TimeUnit.Day or TimeUnit.Week or TimeUnit.Month)) throw new DefinitionException("unit", "give day, week or month");
        if (Unit.Count < 1) throw new DefinitionException("interval", "give an interval of at least 1");
        if (Breakdowns.Count > MaxBreakdowns) throw new DefinitionException("breakdowns", $"give at most {MaxBreakdowns} breakdowns");
        if (Limit is < 1 or > SegmentationDefinition.MaxLimit) throw new DefinitionException("limit", $"give a limit from 1 to {SegmentationDefinition.MaxLimit}");
    }
}

/// <summary>What a person is in an interval.</summary>
public enum LifecycleStatus
{
    /// <summary>Neither active in it nor in the one before.</summary>
    None,

    /// <summary>Active for the first time ever.</summary>
    New,

    /// <summary>Active, as in the interval before.</summary>
    Current,

    /// <summary>Active again, but not in the interval before.</summary>
    Resurrected,

    /// <summary>Active in the interval before, but not in this one.</summary>
    Dormant,
}

/// <summary>One number of a lifecycle answer, to ask for the people behind it.</summary>
/// <param name="Row">The first day of the interval.</param>
/// <param name="Keys">The series' breakdown values; empty or null: the series of all.</param>
public sealed record LifecycleCell(LocalDate Row, LifecycleStatus Status, IReadOnlyList<string>? Keys = null);
