using System.Diagnostics.Metrics;

namespace Cairn.Storage.Erasure;

/// <summary>What erasing tells about itself, on the meter "Cairn".</summary>
/// <remarks>
/// <code>
/// cairn.erasure.dropped   older items and copies of erased ones that came again, by place ("door", "consumer", "compaction")
/// </code>
/// </remarks>
public static class ErasureMeter
{
    static readonly Meter Meter = new("Cairn");
    static readonly Counter<long> Items = Meter.CreateCounter<long>("cairn.erasure.dropped", "{item}", "Older items of erased persons, and copies of erased items, that came again and were dropped.");

    public static void Dropped(string place, long items)
    {
        if (items > 0) Items.Add(items, new KeyValuePair<string, object?>("place", place));
    }
}
