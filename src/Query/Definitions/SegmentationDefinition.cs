using Cairn.Query.Filters;
using Cairn.Query.Formulas;
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

    /// <summary>Formulas of one report.</summary>
    public const int MaxFormulas = 10;

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

    /// <summary>The time that each bucket's number looks back over; null: the bucket alone.</summary>
    public Lookback? Lookback { get; init; }

    /// <summary>A metric for each event, in the place of <see cref="Measure"/> and <see cref="Lookback"/>; empty: these for all.</summary>
    public IReadOnlyList<Metric> Metrics { get; init; } = [];

    /// <summary>What is computed out of the lines; series of the same values of the breakdowns meet.</summary>
    public IReadOnlyList<NamedFormula> Formulas { get; init; } = [];

    /// <summary>Whether each line has a series of all values of its breakdowns together.</summary>
    public bool WithOverall { get; init; }

    /// <summary>Whether each line has a series of all values that the limit leaves out.</summary>
    public bool WithOther { get; init; }

    /// <summary>An earlier range whose answer stands beside; null: none.</summary>
    public PreviousPeriod? Previous { get; init; }

    public BucketSize Unit { get; init; } = new(TimeUnit.Day);

    /// <summary>How many series at most, the largest first; without breakdowns all are kept.</summary>
    public int Limit { get; init; } = 60;

    public required Switches Switches { get; init; }

    /// <summary>What the line of an event shows.</summary>
    public Metric MetricOf(int eventIndex) => Metrics.Count == 0 ? new(Measure, Lookback) : Metrics[eventIndex];

    /// <summary>How many breakdowns the line of an event has.</summary>
    public int BreakdownsOf(int eventIndex) => (Events[eventIndex].Breakdowns?.Count ?? 0) + Breakdowns.Count;

    /// <summary>Says what is wrong with it, if anything is.</summary>
    /// <exception cref="DefinitionException">It can't be asked.</exception>
    public void Check()
    {
        if (Events.Count is 0 or > MaxEvents) throw new DefinitionException("events", $"give 1 to {MaxEvents} events");
        if (Events.Count * Math.Max(1, Compared.Count) > MaxLines) throw new DefinitionException("compare", $"give at most {MaxLines} events and filters to compare, multiplied");
        if (Range.Until <= Range.From) throw new DefinitionException("range", "the range ends before it begins");
        if (Limit is < 1 or > MaxLimit) throw new DefinitionException("limit", $"give a limit from 1 to {MaxLimit}");
        if (Unit.Count < 1) throw new DefinitionException("unit", "give an interval of at least 1");
        if (Metrics.Count != 0 && Metrics.Count != Events.Count) throw new DefinitionException("events", "give a metric for each event or for none");
        for (var index = 0; index < Events.Count; index++)
        {
            if (BreakdownsOf(index) > MaxBreakdowns) throw new DefinitionException("breakdowns", $"give at most {MaxBreakdowns} breakdowns");
            var metric = MetricOf(index);
            metric.Check();
            if (WithOther && metric.Measure is Measure.ActiveShare && BreakdownsOf(index) > 0) throw new DefinitionException("other", "a share of the active has no others: ask for uniques");
        }
        Switches.Sessions.Check();
        if (Formulas.Count > MaxFormulas) throw new DefinitionException("formulas", $"give at most {MaxFormulas} formulas");
        if (Formulas.Count == 0) return;
        for (var index = 1; index < Events.Count; index++)
            if (BreakdownsOf(index) != BreakdownsOf(0)) throw new DefinitionException("formulas", "break every event down by as many properties: a formula joins series of the same values");
        foreach (var formula in Formulas) formula.Formula.Check(this);
    }
}
