using Cairn.Query.Filters;
using NodaTime;

namespace Cairn.Query.Definitions;

/// <summary>A composition report before it is asked: how the people who were active divide by the values of a property.</summary>
/// <remarks>Meaning and worked examples: docs/semantics/composition.md.</remarks>
public sealed record CompositionDefinition
{
    public const int MaxEvents = 50;

    public const int MaxProperties = SegmentationDefinition.MaxBreakdowns;

    public required ReportProject Project { get; init; }

    /// <summary>When people are active.</summary>
    public required TimeRange Range { get; init; }

    /// <summary>Fixed when the report is built.</summary>
    public required Instant Now { get; init; }

    /// <summary>What makes a person active: any of these.</summary>
    public required IReadOnlyList<EventSelection> Events { get; init; }

    /// <summary>What must be true of them; null: nothing.</summary>
    public Expression? Filter { get; init; }

    /// <summary>The property, or several together, read at each of these events.</summary>
    public required IReadOnlyList<Breakdown> By { get; init; }

    /// <summary>Which of a person's values count.</summary>
    public CompositionValues Values { get; init; }

    /// <summary>How many values at most, the most people first; what is left is added up under "other".</summary>
    public int Limit { get; init; } = 60;

    public required Switches Switches { get; init; }

    /// <summary>Says what is wrong with it, if anything is.</summary>
    /// <exception cref="DefinitionException">It can't be asked.</exception>
    public void Check()
    {
        if (Range.Until <= Range.From) throw new DefinitionException("range", "the range ends before it begins");
        if (Events.Count is 0 or > MaxEvents) throw new DefinitionException("events", $"give 1 to {MaxEvents} events");
        if (By.Count is 0 or > MaxProperties) throw new DefinitionException("by", $"give 1 to {MaxProperties} properties");
        if (Values == CompositionValues.Set && By.Count > 1) throw new DefinitionException("by", "give one property where the sets of its values are counted");
        if (Limit is < 1 or > SegmentationDefinition.MaxLimit) throw new DefinitionException("limit", $"give a limit from 1 to {SegmentationDefinition.MaxLimit}");
    }
}

/// <summary>Which of a person's values count.</summary>
public enum CompositionValues
{
    /// <summary>Every value the person had in the range: a person may count under several.</summary>
    Each,

    /// <summary>That of the person's latest event in the range.</summary>
    Latest,

    /// <summary>All the person's values in the range as one set.</summary>
    Set,
}

/// <summary>One number of a composition answer, to ask for the people behind it.</summary>
/// <param name="Keys">The value of each property, or the values of the set; null: those under "other", or everybody.</param>
/// <param name="IsOther">Whether those under "other" are meant.</param>
public sealed record CompositionCell(IReadOnlyList<string>? Keys, bool IsOther);
