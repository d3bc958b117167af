using Cairn.Query.Filters;
using NodaTime;

namespace Cairn.Query.Definitions;

/// <summary>A revenue report before it is asked: what came in over time, from how many, of how many who were active.</summary>
/// <remarks>Meaning and worked examples: docs/semantics/revenue.md.</remarks>
public sealed record RevenueDefinition
{
    public const int MaxEvents = 50;

    public const int MaxBreakdowns = SegmentationDefinition.MaxBreakdowns;

    public required ReportProject Project { get; init; }

    public required TimeRange Range { get; init; }

    /// <summary>Fixed when the report is built; decides which buckets are complete.</summary>
    public required Instant Now { get; init; }

    /// <summary>What brings money: any of these, where it carries an amount.</summary>
    public required IReadOnlyList<EventSelection> Events { get; init; }

    /// <summary>Where the amount stands: the first of these that is a number.</summary>
    public IReadOnlyList<Expression> Amounts { get; init; } = RevenueAmounts.Default;

    /// <summary>What makes a person active: any of these.</summary>
    public required IReadOnlyList<EventSelection> Active { get; init; }

    /// <summary>What must be true of all of these events; null: nothing.</summary>
    public Expression? Filter { get; init; }

    /// <summary>Each event counts in the series of its value; so a person may be in several.</summary>
    public IReadOnlyList<Breakdown> Breakdowns { get; init; } = [];

    public BucketSize Unit { get; init; } = new(TimeUnit.Day);

    /// <summary>How many series at most, those with the most revenue first.</summary>
    public int Limit { get; init; } = 60;

    public required Switches Switches { get; init; }

    /// <summary>Says what is wrong with it, if anything is.</summary>
    /// <exception cref="DefinitionException">It can't be asked.</exception>
    public void Check()
    {
        if (Range.Until <= Range.From) throw new DefinitionException("range", "the range ends before it begins");
        if (Events.Count is 0 or > MaxEvents) throw new DefinitionException("events", $"give 1 to {MaxEvents} events");
        if (Active.Count is 0 or > MaxEvents) throw new DefinitionException("active", $"give 1 to {MaxEvents} events");
        if (Amounts.Count is 0 or > RevenueAmounts.MaxPlaces) throw new DefinitionException("amount", $"give 1 to {RevenueAmounts.MaxPlaces} properties or expressions");
        if (Unit.Count < 1) throw new DefinitionException("interval", "give an interval of at least 1");
        if (Breakdowns.Count > MaxBreakdowns) throw new DefinitionException("breakdowns", $"give at most {MaxBreakdowns} breakdowns");
        if (Limit is < 1 or > SegmentationDefinition.MaxLimit) throw new DefinitionException("limit", $"give a limit from 1 to {SegmentationDefinition.MaxLimit}");
    }
}

/// <summary>One number of people in a revenue answer, to ask for their names.</summary>
/// <param name="Keys">The series' breakdown values; empty: the series of all.</param>
/// <param name="Row">The local time its bucket begins at; null: the whole range.</param>
/// <param name="Who">Which of them.</param>
public sealed record RevenueCell(IReadOnlyList<string> Keys, LocalDateTime? Row, RevenueWho Who);

/// <summary>Which people of a bucket.</summary>
public enum RevenueWho { Payers, Active }
