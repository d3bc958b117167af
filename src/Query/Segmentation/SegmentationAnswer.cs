using Cairn.Query.Definitions;
using NodaTime;

namespace Cairn.Query.Segmentation;

/// <summary>What a segmentation report came to.</summary>
/// <param name="Starts">The local times at which the buckets begin, ascending.</param>
/// <param name="Series">By line, then by compared filter, then the overall one, the largest first, and the others.</param>
/// <param name="SeriesBeforeLimit">How many series of breakdown values there were before the limit.</param>
public sealed record SegmentationAnswer(
    IReadOnlyList<LocalDateTime> Starts, IReadOnlyList<Series> Series, int SeriesBeforeLimit, Coverage Coverage)
{
    /// <summary>By formula, whose number stands for the event's, and then as <see cref="Series"/> are.</summary>
    public IReadOnlyList<Series> Formulas { get; init; } = [];

    /// <summary>The same series of the earlier range, in the same order; null where none was asked for.</summary>
    public SegmentationAnswer? Previous { get; init; }
}

/// <summary>One series of an answer.</summary>
/// <param name="EventIndex">Which of the definition's events.</param>
/// <param name="ComparedIndex">Which of the definition's compared filters; 0 without any.</param>
/// <param name="Keys">The value of each breakdown as text; empty without breakdowns, and where the series is of all values or of the others.</param>
/// <param name="Values">One number a bucket.</param>
/// <param name="Whole">The measure over the whole range: for uniques each person once.</param>
public sealed record Series(int EventIndex, int ComparedIndex, IReadOnlyList<string> Keys, double[] Values, double Whole)
{
    public SeriesKind Kind { get; init; } = SeriesKind.Value;

    /// <summary>How a distribution spreads, ascending; the same bins in every series of a line. Empty for other measures.</summary>
    public IReadOnlyList<SeriesBin> Bins { get; init; } = [];
}

/// <summary>What a series is of; in this order they stand.</summary>
public enum SeriesKind
{
    /// <summary>All values of the breakdowns together.</summary>
    Overall,

    /// <summary>One value of each breakdown, or all where there is none.</summary>
    Value,

    /// <summary>All values that the limit left out together: each event and each person once.</summary>
    Other,
}

/// <summary>One bin of a distribution.</summary>
/// <param name="From">Belongs to it; null: without end.</param>
/// <param name="Until">Does not belong to it; null: without end.</param>
/// <param name="Values">How many persons or events of each bucket.</param>
/// <param name="Whole">How many of the whole range.</param>
public sealed record SeriesBin(double? From, double? Until, int[] Values, int Whole);
