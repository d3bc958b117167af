namespace Cairn.Query.Definitions;

public sealed partial class Buckets
{
    /// <summary>Slots of a table: more than three years of quarter hours. A longer range is looked up by time.</summary>
    const int MaxSlots = 1 << 17;

    SlotTable? slots;

    /// <summary>The buckets by slots of time; null where there would be too many. Kept for the next who asks for slots of the same length.</summary>
    /// <param name="slotMs">How long a slot is; slots are numbered from 1970.</param>
    internal SlotTable? BySlot(long slotMs)
    {
        // Whoever comes at the same time makes the same table.
        if (slots is { } known && known.SlotMs == slotMs) return known;
        var first = SlotTable.SlotOf(fromMs, slotMs);
        var count = SlotTable.SlotOf(untilMs - 1, slotMs) - first + 1;
        if (count > MaxSlots) return null;
        var bucketOf = new int[count];
        for (var slot = 0; slot < bucketOf.Length; slot++)
        {
            var startMs = (first + slot) * slotMs;
            var bucket = IndexOf(Math.Max(startMs, fromMs), out var sameUntilMs);
            bucketOf[slot] = sameUntilMs >= Math.Min(startMs + slotMs, untilMs) ? bucket : SlotTable.Several;
        }
        return slots = new(bucketOf, first, slotMs);
    }

    /// <summary>The bucket of each slot of a range.</summary>
    /// <param name="BucketOf"><see cref="Several"/> where a slot is of more than one.</param>
    /// <param name="First">Which slot since 1970 the table begins with.</param>
    internal sealed record SlotTable(int[] BucketOf, long First, long SlotMs)
    {
        public const int Several = -1;

        /// <summary>Which slot since 1970 a moment is in; before 1970 they are negative.</summary>
        public static long SlotOf(long unixMs, long slotMs) => unixMs >= 0 ? unixMs / slotMs : ~(~unixMs / slotMs);
    }
}
