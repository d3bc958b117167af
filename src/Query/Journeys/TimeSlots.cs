using Cairn.Query.Definitions;

namespace Cairn.Query.Journeys;

/// <summary>Each row's time as the number of a slot, in two bytes of the eight: who only asks for days or hours reads a quarter of the memory.</summary>
/// <remarks>A slot is a quarter of an hour, for time zones and clock changes keep to quarters; rows that lie years apart have longer ones.</remarks>
sealed class TimeSlots
{
    /// <summary>A quarter of an hour is 28,125 times 32 milliseconds: divided in 32 bits by a constant.</summary>
    const int Odd = 28_125, QuarterShift = 5;

    TimeSlots(ushort[] numbers, long first, long lengthMs) => (this.numbers, First, LengthMs) = (numbers, first, lengthMs);

    readonly ushort[] numbers;

    /// <summary>Which slot since 1970 the number 0 is.</summary>
    public long First { get; }

    public long LengthMs { get; }

    /// <summary>Each row's slot, from <see cref="First"/> on.</summary>
    public ReadOnlySpan<ushort> Numbers => numbers;

    /// <param name="times">Unix milliseconds.</param>
    public static TimeSlots Of(ReadOnlySpan<long> times)
    {
        if (times.IsEmpty) return new([], 0, (long)Odd << QuarterShift);
        var (least, greatest) = (long.MaxValue, long.MinValue);
        foreach (var time in times) (least, greatest) = (Math.Min(least, time), Math.Max(greatest, time));
        var shift = QuarterShift;
        while (Buckets.SlotTable.SlotOf(greatest, (long)Odd << shift) - Buckets.SlotTable.SlotOf(least, (long)Odd << shift) > ushort.MaxValue) shift++;
        var lengthMs = (long)Odd << shift;
        var first = Buckets.SlotTable.SlotOf(least, lengthMs);
        var firstMs = first * lengthMs;
        var numbers = new ushort[times.Length];
        for (var row = 0; row < numbers.Length; row++) numbers[row] = (ushort)((uint)((times[row] - firstMs) >> shift) / Odd);
        return new(numbers, first, lengthMs);
    }

    /// <summary>Keeps those of some rows that lie in a range; gives how many. Times are read of the slots alone that the range cuts in two.</summary>
    /// <param name="times">Unix milliseconds: those that the slots were made of.</param>
    /// <param name="rows">The first of them are looked at, and what is kept comes first.</param>
    public int Keep(TimeRange range, ReadOnlySpan<long> times, Span<int> rows, int count)
    {
        var (fromMs, untilMs, kept) = (range.FromMs, range.UntilMs, 0);
        var (first, last) = (NumberOf(fromMs), NumberOf(untilMs));
        var inner = (uint)Math.Max(0, last - first - 1);
        foreach (var row in rows[..count])
        {
            int number = numbers[row];
            var isIn = (uint)(number - first - 1) < inner;
            if (number == first || number == last) isIn = times[row] >= fromMs && times[row] < untilMs;
            // No branch: every row is written, and the next one over it unless it is kept.
            rows[kept] = row;
            kept += isIn ? 1 : 0;
        }
        return kept;
    }

    /// <summary>The number of a moment's slot; -1 before all that there are, one more than a number can be after them.</summary>
    int NumberOf(long unixMs) => (int)Math.Clamp(Buckets.SlotTable.SlotOf(unixMs, LengthMs) - First, -1, ushort.MaxValue + 1);
}
