namespace Cairn.Query.Journeys;

/// <summary>The rows of one shard that matter to a report, person by person; persons without any are not among them.</summary>
/// <remarks>One worker's own; what it holds is overwritten by the next shard's.</remarks>
sealed class StepMatches
{
    int[] rows = [];
    uint[] masks = [];
    long[] times = [];
    int[] places = [];
    int[] starts = [];

    /// <summary>Persons with rows; 0 for the rows of nobody.</summary>
    public int PersonCount { get; private set; }

    public int RowCount { get; private set; }

    /// <summary>Each person's place in <see cref="JourneyShard.Persons"/>, ascending.</summary>
    public ReadOnlySpan<int> Places => places.AsSpan(0, PersonCount);

    /// <summary>Where each person's rows begin here, and where the last one's end: one longer than <see cref="Places"/>.</summary>
    public ReadOnlySpan<int> Starts => starts.AsSpan(0, PersonCount + 1);

    /// <summary>Unix milliseconds, ascending within a person.</summary>
    public ReadOnlySpan<long> Times => times.AsSpan(0, RowCount);

    /// <summary>The conditions each row meets, at least one: bit 0 for the first.</summary>
    public ReadOnlySpan<uint> Masks => masks.AsSpan(0, RowCount);

    /// <summary>Each row's number in the shard, ascending: for further columns.</summary>
    public ReadOnlySpan<int> Rows => rows.AsSpan(0, RowCount);

    internal int[] RowBuffer => rows;

    internal uint[] MaskBuffer => masks;

    /// <summary>Makes room for all rows of a shard, and one more to write past the end.</summary>
    internal void Begin(JourneyShard shard)
    {
        if (rows.Length <= shard.RowCount)
        {
            rows = new int[shard.RowCount + 1];
            masks = new uint[rows.Length];
            times = new long[rows.Length];
        }
        if (places.Length < shard.PersonCount)
        {
            places = new int[shard.PersonCount];
            starts = new int[places.Length + 1];
        }
        if (starts.Length == 0) starts = new int[1];
    }

    /// <summary>Finds the persons of the rows that stand in the buffers.</summary>
    internal void End(JourneyShard shard, int rowCount)
    {
        RowCount = rowCount;
        PersonCount = 0;
        var allTimes = shard.Times;
        for (var i = 0; i < rowCount; i++) times[i] = allTimes[rows[i]];
        var ends = shard.Starts;
        var at = 0;
        for (var place = 0; place < shard.PersonCount && at < rowCount; place++)
        {
            if (rows[at] >= ends[place + 1]) continue;
            (places[PersonCount], starts[PersonCount]) = (place, at);
            PersonCount++;
            while (at < rowCount && rows[at] < ends[place + 1]) at++;
        }
        starts[PersonCount] = at;
    }
}
