using Cairn.Query.Filters;
using NodaTime;

namespace Cairn.Query.Definitions;

/// <summary>A stickiness report before it is asked: on how many days of a week (hours of a day, …) people did something.</summary>
/// <remarks>Meaning and worked examples: docs/semantics/stickiness.md.</remarks>
public sealed record StickinessDefinition
{
    public const int MaxEvents = 50;

    public const int MaxBreakdowns = SegmentationDefinition.MaxBreakdowns;

    public required ReportProject Project { get; init; }

    public required TimeRange Range { get; init; }

    /// <summary>Fixed when the report is built; decides which periods are complete.</summary>
    public required Instant Now { get; init; }

    /// <summary>What people did: any of these.</summary>
    public required IReadOnlyList<EventSelection> Events { get; init; }

    public Expression? Filter { get; init; }

    /// <summary>Each event counts in the series of its value; so a person may be in several.</summary>
    public IReadOnlyList<Breakdown> Breakdowns { get; init; } = [];

    /// <summary>The periods: days, weeks or months.</summary>
    public TimeUnit Unit { get; init; } = TimeUnit.Week;

    /// <summary>What is counted within them: hours of a day or week, days of a week or month.</summary>
    public TimeUnit Of { get; init; } = TimeUnit.Day;

    /// <summary>How many series at most, those with the most people first.</summary>
    public int Limit { get; init; } = 60;

    public required Switches Switches { get; init; }

    /// <summary>Says what is wrong with it, if anything is.</summary>
    /// <exception cref="DefinitionException">It can't be asked.</exception>
    public void Check()
    {
        if (Range.Until <= Range.From) throw new DefinitionException("range", "the range ends before it begins");
        if (Events.Count is 0 or > MaxEvents) throw new DefinitionException("events", $"give 1 to {MaxEvents} events");
        if (Unit is not (TimeUnit.Day or TimeUnit.Week or TimeUnit.Month)) throw new DefinitionException("unit", "give day, week or month");
        if ((Unit, Of) is not ((TimeUnit.Day, TimeUnit.Hour) or (TimeUnit.Week, TimeUnit.Hour) or (TimeUnit.Week, TimeUnit.Day) or (TimeUnit.Month, TimeUnit.Day)))
            throw new DefinitionException("of", "give hours of a day or week, or days of a week or month");
        if (Breakdowns.Count > MaxBreakdowns) throw new DefinitionException("breakdowns", $"give at most {MaxBreakdowns} breakdowns");
        if (Limit is < 1 or > SegmentationDefinition.MaxLimit) throw new DefinitionException("limit", $"give a limit from 1 to {SegmentationDefinition.MaxLimit}");
    }
}

/// <summary>One number of a stickiness answer, to ask for the people behind it.</summary>
/// <param name="Keys">The series' breakdown values; empty: the series of all.</param>
/// <param name="Period">The first day of the period.</param>
/// <param name="Units">So many units of it; null: any number.</param>
/// <param name="AtLeast">Or more.</param>
public sealed record StickinessCell(IReadOnlyList<string> Keys, LocalDate Period, int? Units, bool AtLeast);
