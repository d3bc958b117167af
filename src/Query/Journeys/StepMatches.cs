using System.Numerics;
using System.Runtime.Intrinsics;

namespace Cairn.Query.Journeys;

/// <summary>The rows of one shard that matter to a report, person by person; persons without any are not among them.</summary>
/// <remarks>One worker's own; what it holds is overwritten by the next shard's.</remarks>
sealed class StepMatches
{
    /// <summary>Room after the last row, for whoever writes or compares some rows at once.</summary>
    const int Padding = 8;

    JourneyShard? untimed;
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

    /// <summary>Unix milliseconds, ascending within a person. Looked up when first asked for.</summary>
    public ReadOnlySpan<long> Times
    {
        get
        {
            if (untimed is not null) LookUpTimes(untimed.Times);
            return times.AsSpan(0, RowCount);
        }
    }

    /// <summary>The conditions each row meets, at least one: bit 0 for the first.</summary>
    public ReadOnlySpan<uint> Masks => masks.AsSpan(0, RowCount);

    /// <summary>Each row's number in the shard, ascending: for further columns.</summary>
    public ReadOnlySpan<int> Rows => rows.AsSpan(0, RowCount);

    internal int[] RowBuffer => rows;

    internal uint[] MaskBuffer => masks;

    /// <summary>Makes room for all rows of a shard, and some more.</summary>
    internal void Begin(JourneyShard shard)
    {
        if (rows.Length < shard.RowCount + Padding)
        {
            // Every place that is read was written before.
            rows = GC.AllocateUninitializedArray<int>(shard.RowCount + Padding);
            masks = GC.AllocateUninitializedArray<uint>(rows.Length);
            times = GC.AllocateUninitializedArray<long>(rows.Length);
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
        untimed = shard;
        var found = 0;
        var ends = shard.Starts[1..];
        var at = 0;
        // What stands after the last row belongs to nobody.
        rows.AsSpan(rowCount, Padding).Fill(int.MaxValue);
        for (var place = 0; place < ends.Length && at < rowCount; place++)
        {
            var end = ends[place];
            if (rows[at] >= end) continue;
            (places[found], starts[found]) = (place, at);
            found++;
            at = FirstFrom(end, at);
        }
        starts[found] = at;
        PersonCount = found;
    }

    /// <summary>The first row at or after a number, from a place on: eight at once, for most persons have no more.</summary>
    int FirstFrom(int number, int at)
    {
        var wanted = Vector256.Create(number);
        while (true)
        {
            var before = BitOperations.PopCount(Vector256.LessThan(Vector256.Create(rows.AsSpan(at, Padding)), wanted).ExtractMostSignificantBits());
            at += before;
            if (before < Padding) return at;
        }
    }

    void LookUpTimes(ReadOnlySpan<long> allTimes)
    {
        untimed = null;
        var own = times.AsSpan(0, RowCount);
        var from = rows.AsSpan(0, own.Length);
        for (var i = 0; i < from.Length; i++) own[i] = allTimes[from[i]];
    }
}
