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
}
