using Cairn.Query.Definitions;
using NodaTime;

namespace Cairn.Query.Segmentation;

/// <summary>What a segmentation report came to.</summary>
/// <param name="Starts">The local times at which the buckets begin, ascending.</param>
/// <param name="Series">By line, then by compared filter, then the largest first.</param>
/// <param name="SeriesBeforeLimit">How many series there were before the limit.</param>
public sealed record SegmentationAnswer(
    IReadOnlyList<LocalDateTime> Starts, IReadOnlyList<Series> Series, int SeriesBeforeLimit, Coverage Coverage);

/// <summary>One series of an answer.</summary>
/// <param name="EventIndex">Which of the definition's events.</param>
/// <param name="ComparedIndex">Which of the definition's compared filters; 0 without any.</param>
/// <param name="Keys">The value of each breakdown as text; empty without breakdowns.</param>
/// <param name="Values">One number a bucket.</param>
/// <param name="Whole">The measure over the whole range: for uniques each person once.</param>
public sealed record Series(int EventIndex, int ComparedIndex, IReadOnlyList<string> Keys, double[] Values, double Whole);
