using Cairn.Query.Definitions;
using Cairn.Query.Journeys;

namespace Cairn.Query.Segmentation;

/// <summary>Rows of one shard that a line counts, each in one series at most: they go straight into their cells, with no stop in a batch.</summary>
readonly ref struct LineRows
{
    /// <summary>Row numbers, ascending; every row lies in the range of <see cref="Buckets"/>.</summary>
    public required ReadOnlySpan<int> Rows { get; init; }

    /// <summary>Each one's series; negative: it counts nowhere. Empty: all are of <see cref="OnlySeries"/>.</summary>
    public required ReadOnlySpan<int> Series { get; init; }

    public required int OnlySeries { get; init; }

    /// <summary>Each one's number, NaN where it has none and so does not count; empty where none is asked for.</summary>
    public required ReadOnlySpan<double> Numbers { get; init; }

    /// <summary>Unix milliseconds of all rows of the shard, ascending within a person.</summary>
    public required ReadOnlySpan<long> Times { get; init; }

    /// <summary>The same times in fewer bytes.</summary>
    public required TimeSlots Slots { get; init; }

    /// <summary>Where each person's rows begin, and where the last one's end.</summary>
    public required ReadOnlySpan<int> Starts { get; init; }

    /// <summary>Persons of the shard; 0 for the rows of nobody.</summary>
    public required int PersonCount { get; init; }

    /// <summary>The number of the shard's first person.</summary>
    public required int FirstPerson { get; init; }

    public required Buckets Buckets { get; init; }
}
