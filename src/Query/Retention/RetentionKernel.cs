using Cairn.Query.Definitions;

namespace Cairn.Query.Retention;

/// <summary>One person's births and returns. A bitmap has a bit for each retention bucket.</summary>
/// <remarks>Meaning: docs/semantics/retention.md; the naive twin is the tests' oracle.</remarks>
static class RetentionKernel
{
    /// <summary>Bits of a row's mask.</summary>
    public const uint Birth = 1, Return = 2;

    /// <summary>Rows of one person from which on most are passed over in leaps rather than looked at.</summary>
    const int ManyRows = 4_096;

    /// <summary>The births that count, as rows of the person.</summary>
    /// <param name="times">Event times, Unix milliseconds, ascending.</param>
    /// <param name="masks">What each of those events is.</param>
    /// <param name="births">Set to them, ascending; as long as <paramref name="times"/>.</param>
    /// <returns>How many there are.</returns>
    public static int FindBirths(ReadOnlySpan<long> times, ReadOnlySpan<uint> masks, RetentionRules rules, Span<int> births)
    {
        var count = 0;
        var spell = long.MinValue;
        for (var row = 0; row < times.Length && times[row] < rules.UntilMs; row++)
        {
            if ((masks[row] & Birth) == 0) continue;
            if (times[row] < rules.FromMs)
            {
                if (rules.Births == Definitions.Births.FirstEver) return 0;
                continue;
            }
            if (rules.Births != Definitions.Births.Recurring)
            {
                births[0] = row;
                return 1;
            }
            var its = rules.SpellOf(times[row]);
            if (count > 0 && its == spell) continue;
            spell = its;
            births[count++] = row;
        }
        return count;
    }

    /// <summary>The buckets in which a person counts after one birth.</summary>
    /// <param name="masks">Empty where every event is a return.</param>
    /// <param name="birth">A row of the person.</param>
    /// <param name="bits">Set; one bit a bucket.</param>
    public static void FindReturns(ReadOnlySpan<long> times, ReadOnlySpan<uint> masks, int birth, RetentionRules rules, Span<ulong> bits)
    {
        bits.Clear();
        var origin = rules.OriginOf(times[birth]);
        var left = rules.BirthReturns ? -1 : birth;
        var first = FirstAtOnce(times, birth);
        var areAll = masks.IsEmpty;
        if (rules.Criterion == RetentionCriterion.OnOrAfter)
        {
            // The last return decides alone.
            for (var row = times.Length - 1; row >= first; row--)
            {
                if (!areAll && (masks[row] & Return) == 0 || row == left) continue;
                SetFirst(bits, ReachOf(origin, times[row], rules));
                return;
            }
            return;
        }
        if (rules.EvenStepMs > 0 && times.Length < ManyRows) DivideTimes(times, masks, first, left, rules.BoundsOf(origin, 0).FromMs, rules.EvenStepMs, rules.BucketCount, bits);
        else WalkBuckets(times, masks, first, left, origin, rules, bits);
        if (rules.Criterion == RetentionCriterion.OnOrBefore) SetFrom(bits, FirstSet(bits), rules.BucketCount);
        else if (rules.Criterion == RetentionCriterion.Streak) KeepRun(bits);
    }

    /// <summary>The buckets of rows where all buckets are equally long and follow each other.</summary>
    /// <remarks>Whether a row lies in its predecessor's bucket can't be foretold, so every row is divided rather than asked.</remarks>
    static void DivideTimes(ReadOnlySpan<long> times, ReadOnlySpan<uint> masks, int first, int left, long originMs, long stepMs, int count, Span<ulong> bits)
    {
        var inverse = 1.0 / stepMs;
        for (var row = first; row < times.Length; row++)
        {
            var sinceMs = times[row] - originMs;
            var bucket = (long)(sinceMs * inverse);
            // The product may be rounded to the other side of a border.
            if (bucket * stepMs > sinceMs) bucket--;
            else if ((bucket + 1) * stepMs <= sinceMs) bucket++;
            if (bucket >= count) break;
            if (row != left && (masks.IsEmpty || (masks[row] & Return) != 0)) bits[(int)(bucket >> 6)] |= 1UL << (int)bucket;
        }
    }

    /// <summary>The buckets of rows, however long they are: once one is known, rows before the next are of no interest.</summary>
    static void WalkBuckets(ReadOnlySpan<long> times, ReadOnlySpan<uint> masks, int first, int left, long origin, RetentionRules rules, Span<ulong> bits)
    {
        var bucket = 0;
        var (nextMs, untilMs) = rules.BoundsOf(origin, 0);
        for (var row = first; row < times.Length; row++)
        {
            if (times[row] < nextMs || !masks.IsEmpty && (masks[row] & Return) == 0 || row == left) continue;
            while (times[row] >= untilMs && ++bucket < rules.BucketCount) (nextMs, untilMs) = rules.BoundsOf(origin, bucket);
            if (bucket == rules.BucketCount) break;
            if (times[row] < nextMs) continue;
            bits[bucket >> 6] |= 1UL << bucket;
            nextMs = untilMs;
            row = Leap(times, row, nextMs) - 1;
        }
    }

    /// <summary>The first row after another that is not before a moment, in steps that double.</summary>
    static int Leap(ReadOnlySpan<long> times, int row, long ms)
    {
        var step = 1;
        while (row + step < times.Length && times[row + step] < ms)
        {
            row += step;
            step *= 2;
        }
        var end = Math.Min(times.Length, row + step);
        var (low, high) = (row + 1, end);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (times[middle] < ms) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    /// <summary>A number that returns carry, added up for each bucket over the returns that its criterion looks at.</summary>
    /// <param name="values">Each event's number; NaN where it has none.</param>
    /// <param name="bits">The person's buckets, as <see cref="FindReturns"/> found them.</param>
    /// <param name="sums">Set; one a bucket.</param>
    public static void SumReturns(
        ReadOnlySpan<long> times, ReadOnlySpan<uint> masks, ReadOnlySpan<double> values, int birth, RetentionRules rules, ReadOnlySpan<ulong> bits, Span<double> sums)
    {
        sums.Clear();
        var origin = rules.OriginOf(times[birth]);
        var left = rules.BirthReturns ? -1 : birth;
        var isUnbounded = rules.Criterion == RetentionCriterion.OnOrAfter;
        // The last bucket that has begun; -1 before the first.
        var at = -1;
        var (nextMs, untilMs) = (rules.BoundsOf(origin, 0).FromMs, long.MinValue);
        for (var row = FirstAtOnce(times, birth); row < times.Length; row++)
        {
            while (times[row] >= nextMs)
            {
                untilMs = rules.BoundsOf(origin, ++at).UntilMs;
                nextMs = at + 1 < sums.Length ? rules.BoundsOf(origin, at + 1).FromMs : long.MaxValue;
            }
            if (!isUnbounded && times[row] >= untilMs)
            {
                if (at == sums.Length - 1) break;
                continue;
            }
            if (at >= 0 && (masks[row] & Return) != 0 && row != left && !double.IsNaN(values[row])) sums[at] += values[row];
        }
        if (isUnbounded)
            for (var bucket = sums.Length - 2; bucket >= 0; bucket--) sums[bucket] += sums[bucket + 1];
        else if (rules.Criterion == RetentionCriterion.OnOrBefore)
            for (var bucket = 1; bucket < sums.Length; bucket++) sums[bucket] += sums[bucket - 1];
        else if (rules.Criterion == RetentionCriterion.Streak)
            for (var bucket = 0; bucket < sums.Length; bucket++)
                if ((bits[bucket >> 6] >> bucket & 1) == 0) sums[bucket] = 0;
    }

    /// <summary>The first return after a birth, whatever bucket it lies in; -1 where there is none.</summary>
    public static int FirstReturn(ReadOnlySpan<long> times, ReadOnlySpan<uint> masks, int birth, RetentionRules rules)
    {
        for (var row = FirstAtOnce(times, birth); row < times.Length; row++)
            if ((masks[row] & Return) != 0 && (row != birth || rules.BirthReturns)) return row;
        return -1;
    }

    /// <summary>How many buckets begin at or before a moment.</summary>
    static int ReachOf(long origin, long ms, RetentionRules rules)
    {
        var bucket = rules.BucketOf(origin, ms, out _);
        return bucket >= 0 ? bucket + 1 : ~bucket;
    }

    /// <summary>The first of the rows at the same moment: whichever of them stands first, the others come after birth.</summary>
    static int FirstAtOnce(ReadOnlySpan<long> times, int row)
    {
        while (row > 0 && times[row - 1] == times[row]) row--;
        return row;
    }

    static int FirstSet(ReadOnlySpan<ulong> bits)
    {
        for (var word = 0; word < bits.Length; word++)
            if (bits[word] != 0) return word * 64 + System.Numerics.BitOperations.TrailingZeroCount(bits[word]);
        return bits.Length * 64;
    }

    static void SetFirst(Span<ulong> bits, int count)
    {
        for (var word = 0; word < bits.Length; word++) bits[word] = FirstBits(count - word * 64);
    }

    static void SetFrom(Span<ulong> bits, int from, int until)
    {
        for (var word = 0; word < bits.Length; word++) bits[word] |= FirstBits(until - word * 64) & ~FirstBits(from - word * 64);
    }

    /// <summary>Leaves the bits before the first that is not set.</summary>
    static void KeepRun(Span<ulong> bits)
    {
        var run = 0;
        while (run < bits.Length * 64 && (bits[run >> 6] >> run & 1) != 0) run++;
        for (var word = 0; word < bits.Length; word++) bits[word] &= FirstBits(run - word * 64);
    }

    /// <summary>A word whose first bits are set; none for fewer than one, all for 64 and more.</summary>
    public static ulong FirstBits(int count) => count <= 0 ? 0 : count >= 64 ? ulong.MaxValue : (1UL << count) - 1;
}
