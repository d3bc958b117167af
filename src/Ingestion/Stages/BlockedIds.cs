using System.Text;
using Cairn.Model;

namespace Cairn.Ingestion.Stages;

/// <summary>Ids that stand for nobody: what clients send by mistake where they know no id. Joined by one, strangers would become one person.</summary>
/// <remarks>
/// Regardless of case. Sources: Mixpanel, "Import Events", "distinct_id" and "$insert_id"; Amplitude, "HTTP V2 API",
/// "Device IDs and User IDs". Segment publishes none: both lists hold for it.
/// </remarks>
public static class BlockedIds
{
    static readonly byte[][] Common =
        [.. ((string[])["anonymous", "nil", "none", "null", "n/a", "na", "undefined", "unknown", "00000000-0000-0000-0000-000000000000", "{}", "0", "-1"]).Select(Encoding.ASCII.GetBytes)];

    static readonly byte[][] OnlyMixpanel = [.. ((string[])["anon", "<nil>", "true", "false", "[]"]).Select(Encoding.ASCII.GetBytes)];
    static readonly byte[][] OnlyAmplitude = ["lmy47d"u8.ToArray()];

    /// <summary>A bit for each length that a blocked id has: nearly every real id has another.</summary>
    static readonly ulong Lengths = Common.Concat(OnlyMixpanel).Concat(OnlyAmplitude).Aggregate(0UL, (bits, id) => bits | 1UL << id.Length);

    static ReadOnlySpan<byte> DevicePrefix => "$device:"u8;

    /// <summary>Whether an id, the prefix of devices aside, stands for nobody in this dialect.</summary>
    public static bool Contains(Dialect dialect, ReadOnlySpan<byte> id)
    {
        if (id.StartsWith(DevicePrefix)) id = id[DevicePrefix.Length..];
        if (id.Length >= 64 || (Lengths >> id.Length & 1) == 0 || id.IsEmpty) return false;
        // Of the ids of a UUID's length only that of zeros counts.
        if (id.Length == 36 && id[0] != '0') return false;
        return IsIn(Common, id) || (dialect != Dialect.Amplitude && IsIn(OnlyMixpanel, id)) || (dialect != Dialect.Mixpanel && IsIn(OnlyAmplitude, id));
    }

    static bool IsIn(byte[][] ids, ReadOnlySpan<byte> id)
    {
        foreach (var blocked in ids)
            if (Ascii.EqualsIgnoreCase(blocked, id)) return true;
        return false;
    }
}
