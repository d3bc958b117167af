using Cairn.Query.Definitions;
using NodaTime;

namespace Cairn.Query.LifetimeValue;

/// <summary>What a report on lifetime value came to.</summary>
/// <param name="Overall">One series for each compared filter, whatever the breakdowns.</param>
/// <param name="Series">Those of the breakdowns' values, by compared filter, then the most people first; empty without breakdowns.</param>
/// <param name="SeriesBeforeLimit">How many of them there were before the limit.</param>
public sealed record LifetimeValueAnswer(IReadOnlyList<LifetimeValueSeries> Overall, IReadOnlyList<LifetimeValueSeries> Series, int SeriesBeforeLimit, Coverage Coverage);

/// <summary>One series of an answer.</summary>
/// <param name="ComparedIndex">Which of the definition's compared filters; 0 without any.</param>
/// <param name="Keys">The value of each breakdown as text.</param>
/// <param name="Rows">One for each day, week or month of births.</param>
/// <param name="Together">All of them as one cohort.</param>
public sealed record LifetimeValueSeries(int ComparedIndex, IReadOnlyList<string> Keys, IReadOnlyList<LifetimeValueRow> Rows, LifetimeValueRow Together);

/// <summary>The people born in one day, week or month.</summary>
/// <param name="Start">The local time it begins at.</param>
/// <param name="Size">How many they are.</param>
/// <param name="Payers">How many of them have ever paid.</param>
/// <param name="Revenue">What they brought until today, in the currency that was sent.</param>
/// <param name="Ages">One for each of the definition's ages.</param>
/// <param name="Complete">How many of the ages everybody has reached.</param>
public sealed record LifetimeValueRow(LocalDateTime Start, int Size, int Payers, double Revenue, IReadOnlyList<LifetimeValueAge> Ages, int Complete);

/// <summary>What those who have reached an age had brought by then.</summary>
/// <param name="Size">How many have reached it; the younger are left out of every number here.</param>
/// <param name="Revenue">What came in less than so many days after each one's birth.</param>
/// <param name="Paid">Who had paid by then.</param>
/// <param name="NewlyPaid">Who had, and had not at the age before.</param>
/// <param name="Payers">Who paid at any time, be it later.</param>
public readonly record struct LifetimeValueAge(int Size, double Revenue, int Paid, int NewlyPaid, int Payers)
{
    /// <summary>Revenue for each person; 0 where there is none.</summary>
    public double PerUser => Size == 0 ? 0 : Revenue / Size;

    /// <summary>Revenue for each person who paid at any time; 0 where there is none.</summary>
    public double PerPayer => Payers == 0 ? 0 : Revenue / Payers;
}
