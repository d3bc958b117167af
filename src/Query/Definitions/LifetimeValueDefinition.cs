using Cairn.Query.Filters;
using NodaTime;

namespace Cairn.Query.Definitions;

/// <summary>A report on lifetime value before it is asked: what people had brought so many days after they came.</summary>
/// <remarks>Meaning and worked examples: docs/semantics/lifetime-value.md.</remarks>
public sealed record LifetimeValueDefinition
{
    public const int MaxEvents = 50;

    public const int MaxBreakdowns = SegmentationDefinition.MaxBreakdowns;

    public const int MaxCompared = 10;

    /// <summary>Ages of one answer.</summary>
    public const int MaxAges = 100;

    /// <summary>The greatest age, days.</summary>
    public const int MaxAgeDays = 3_660;

    public required ReportProject Project { get; init; }

    /// <summary>When people are born.</summary>
    public required TimeRange Range { get; init; }

    /// <summary>Fixed when the report is built; decides who has reached which age.</summary>
    public required Instant Now { get; init; }

    /// <summary>What gives birth: the first there ever was of any of these.</summary>
    public required IReadOnlyList<EventSelection> Birth { get; init; }

    /// <summary>Whether people are born when they first pay instead; <see cref="Birth"/> is not looked at then.</summary>
    public bool BornByPaying { get; init; }

    /// <summary>What brings money: any of these, where it carries an amount.</summary>
    public required IReadOnlyList<EventSelection> Events { get; init; }

    /// <summary>Where the amount stands: the first of these that is a number.</summary>
    public IReadOnlyList<Expression> Amounts { get; init; } = RevenueAmounts.Default;

    /// <summary>Conditions side by side, tested on the birth; empty: one answer for all.</summary>
    public IReadOnlyList<ComparedFilter> Compared { get; init; } = [];

    /// <summary>By what the birth carries.</summary>
    public IReadOnlyList<Breakdown> Breakdowns { get; init; } = [];

    /// <summary>How long a row of births is: days, weeks or months.</summary>
    public BucketSize Unit { get; init; } = new(TimeUnit.Day);

    /// <summary>Ages, days of 24 hours since birth, ascending: at each what had come in by then.</summary>
    public IReadOnlyList<int> Ages { get; init; } = [1, 2, 3, 4, 5, 6, 7, 14, 30, 60, 90];

    /// <summary>How many series at most, the largest first.</summary>
    public int Limit { get; init; } = 60;

    public required Switches Switches { get; init; }

    /// <summary>Says what is wrong with it, if anything is.</summary>
    /// <exception cref="DefinitionException">It can't be asked.</exception>
    public void Check()
    {
        if (Range.Until <= Range.From) throw new DefinitionException("range", "the range ends before it begins");
        if (Birth.Count is 0 or > MaxEvents) throw new DefinitionException("birth", $"give 1 to {MaxEvents} events");
        if (Events.Count is 0 or > MaxEvents) throw new DefinitionException("events", $"give 1 to {MaxEvents} events");
        if (Amounts.Count is 0 or > RevenueAmounts.MaxPlaces) throw new DefinitionException("amount", $"give 1 to {RevenueAmounts.MaxPlaces} properties or expressions");
        if (Unit.Unit is not (TimeUnit.Day or TimeUnit.Week or TimeUnit.Month)) throw new DefinitionException("unit", "give day, week or month");
        if (Unit.Count < 1) throw new DefinitionException("interval", "give an interval of at least 1");
        if (Ages.Count is 0 or > MaxAges) throw new DefinitionException("ages", $"give 1 to {MaxAges} ages");
        for (var i = 0; i < Ages.Count; i++)
            if (Ages[i] is < 1 or > MaxAgeDays || i > 0 && Ages[i] <= Ages[i - 1]) throw new DefinitionException("ages", $"give ages of 1 to {MaxAgeDays} days, ascending");
        if (Compared.Count > MaxCompared) throw new DefinitionException("compare", $"give at most {MaxCompared} filters to compare");
        if (Breakdowns.Count > MaxBreakdowns) throw new DefinitionException("breakdowns", $"give at most {MaxBreakdowns} breakdowns");
        if (Limit is < 1 or > SegmentationDefinition.MaxLimit) throw new DefinitionException("limit", $"give a limit from 1 to {SegmentationDefinition.MaxLimit}");
    }
}

/// <summary>One number of people in an answer, to ask for their names.</summary>
/// <param name="ComparedIndex">Which of the definition's compared filters; 0 without any.</param>
/// <param name="Keys">The series' breakdown values; empty: the series of all.</param>
/// <param name="Row">The first day of the row; null: all rows together.</param>
/// <param name="Age">Those who reached this age, days; null: all who were born.</param>
/// <param name="Who">Which of them.</param>
public sealed record LifetimeValueCell(int ComparedIndex, IReadOnlyList<string> Keys, LocalDate? Row, int? Age, LifetimeValueWho Who);

/// <summary>Which people of a row.</summary>
public enum LifetimeValueWho
{
    /// <summary>All of them.</summary>
    Everyone,

    /// <summary>Those who had paid by that age; without an age, those who ever did.</summary>
    Paid,

    /// <summary>Those who paid at any time, be it later.</summary>
    EverPaid,
}
