namespace Cairn.Query.Segmentation;

/// <summary>What names a series: its line and the numbers of its breakdowns' values.</summary>
/// <param name="First">-1 where there is no such breakdown, so are the others; -2 for what the limit left out.</param>
readonly record struct SeriesKey(int Line, int First = -1, int Second = -1, int Third = -1)
{
    public const int Breakdowns = Definitions.SegmentationDefinition.MaxBreakdowns;

    const int OtherNumber = -2;

    /// <summary>All series of a line that the limit left out, as one.</summary>
    public static SeriesKey Other(int line) => new(line, OtherNumber);

    public bool IsOther => First == OtherNumber;

    public SeriesKey With(int breakdown, int number) => breakdown switch
    {
        0 => this with { First = number },
        1 => this with { Second = number },
        _ => this with { Third = number },
    };

    public int this[int breakdown] => breakdown switch { 0 => First, 1 => Second, _ => Third };
}

/// <summary>The series met so far, each with an index.</summary>
sealed class SeriesTable
{
    readonly Dictionary<SeriesKey, int> indexes = [];
    SeriesKey lastKey = new(-1);
    int lastIndex = -1;

    public List<SeriesKey> Keys { get; } = [];

    /// <summary>The index of a series; -1 where it was not met.</summary>
    public int Find(in SeriesKey key) => indexes.GetValueOrDefault(key, -1);

    /// <summary>The index of a series, given to it where it is new.</summary>
    public int IndexOf(in SeriesKey key)
    {
        if (key == lastKey) return lastIndex;
        if (!indexes.TryGetValue(key, out var index))
        {
            indexes.Add(key, index = Keys.Count);
            Keys.Add(key);
        }
        (lastKey, lastIndex) = (key, index);
        return index;
    }
}
