using Cairn.Query.Definitions;
using NodaTime;

namespace Cairn.Query.Retention;

/// <summary>What a retention report came to.</summary>
/// <param name="Overall">One series for each compared filter, whatever the breakdowns.</param>
/// <param name="Series">Those of the breakdowns' values, by compared filter, then the largest first; empty without breakdowns.</param>
/// <param name="SeriesBeforeLimit">How many of them there were before the limit.</param>
public sealed record RetentionAnswer(
    IReadOnlyList<RetentionSeries> Overall, IReadOnlyList<RetentionSeries> Series, int SeriesBeforeLimit, Coverage Coverage);

/// <summary>One series of an answer.</summary>
/// <param name="ComparedIndex">Which of the definition's compared filters; 0 without any.</param>
/// <param name="Keys">The value of each breakdown as text.</param>
/// <param name="Rows">One for each day, week or month of the range.</param>
/// <param name="Average">What the complete buckets of all rows come to.</param>
/// <param name="Together">All rows as one, each person once.</param>
public sealed record RetentionSeries(
    int ComparedIndex, IReadOnlyList<string> Keys, IReadOnlyList<RetentionRow> Rows, IReadOnlyList<AveragedBucket> Average, RetentionTogether Together);

/// <summary>The people born in one day, week or month.</summary>
/// <param name="Start">The local time it begins at.</param>
/// <param name="Size">How many they are.</param>
/// <param name="Counts">How many of them count in each bucket.</param>
/// <param name="Sums">What they brought in each bucket; null where no number is added up.</param>
/// <param name="Complete">How many of the buckets nobody of them can return in any more; those after may still grow.</param>
/// <param name="Begun">How many have begun for the first of them.</param>
public sealed record RetentionRow(LocalDateTime Start, int Size, IReadOnlyList<int> Counts, IReadOnlyList<double>? Sums, int Complete, int Begun);

/// <summary>One bucket over all rows in which it is complete; zeros where there is none.</summary>
/// <param name="Size">The rows' size, averaged or added up as the switch says.</param>
/// <param name="Count">Likewise those who count.</param>
public readonly record struct AveragedBucket(double Size, double Count)
{
    /// <summary>From 0 to 1.</summary>
    public double Rate => Size == 0 ? 0 : Count / Size;
}

/// <summary>All rows as one, each person once.</summary>
/// <param name="Size">People born at all.</param>
/// <param name="Sizes">Those of them in a row in which the bucket is complete.</param>
/// <param name="Counts">Those of these who count in it, in any such row.</param>
public sealed record RetentionTogether(int Size, IReadOnlyList<int> Sizes, IReadOnlyList<int> Counts);
