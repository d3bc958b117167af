using Cairn.Query.Filters;
using NodaTime;

namespace Cairn.Query.Definitions;

/// <summary>A segmentation report before it is asked: what is counted, when, split by what.</summary>
public sealed record SegmentationDefinition
{
    /// <summary>Lines of one report.</summary>
    public const int MaxEvents = 100;

    /// <summary>Events times compared filters: each is a pass over the rows.</summary>
    public const int MaxLines = 200;

    /// <summary>Breakdowns of one line.</summary>
    public const int MaxBreakdowns = 3;

    /// <summary>Series of one answer.</summary>
    public const int MaxLimit = 10_000;

    public required ReportProject Project { get; init; }

    public required TimeRange Range { get; init; }

    /// <summary>Fixed when the report is built; nothing asks the clock later.</summary>
    public required Instant Now { get; init; }

    public required IReadOnlyList<EventSelection> Events { get; init; }

    /// <summary>What must be true of every event; null: nothing.</summary>
    public Expression? Filter { get; init; }

    /// <summary>Conditions side by side, each with its own series; empty: one answer for all.</summary>
    public IReadOnlyList<ComparedFilter> Compared { get; init; } = [];

    public IReadOnlyList<Breakdown> Breakdowns { get; init; } = [];

    public Measure Measure { get; init; } = new Measure.Totals();

    public BucketSize Unit { get; init; } = new(TimeUnit.Day);

    /// <summary>How many series at most, the largest first; without breakdowns all are kept.</summary>
    public int Limit { get; init; } = 60;

    public required Switches Switches { get; init; }

    /// <summary>Says what is wrong with it, if anything is.</summary>
    /// <exception cref="DefinitionException">It can't be asked.</exception>
    public void Check()
    {
        if (Events.Count is 0 or > MaxEvents) throw new DefinitionException("events", $"give 1 to {MaxEvents} events");
        if (Events.Count * Math.Max(1, Compared.Count) > MaxLines) throw new DefinitionException("compare", $"give at most {MaxLines} events and filters to compare, multiplied");
        if (Range.Until <= Range.From) throw new DefinitionException("range", "the range ends before it begins");
        if (Limit is < 1 or > MaxLimit) throw new DefinitionException("limit", $"give a limit from 1 to {MaxLimit}");
        if (Unit.Count < 1) throw new DefinitionException("unit", "give an interval of at least 1");
        foreach (var selection in Events)
            if ((selection.Breakdowns?.Count ?? 0) + Breakdowns.Count > MaxBreakdowns)
                throw new DefinitionException("breakdowns", $"give at most {MaxBreakdowns} breakdowns");
    }
}
