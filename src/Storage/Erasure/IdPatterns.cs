using System.IO.Hashing;
using System.Text;

namespace Cairn.Storage.Erasure;

/// <summary>The ids that a scan looks for: as whole values, as whole texts inside JSON, and as raw bytes.</summary>
public sealed class IdPatterns
{
    /// <summary>Bytes from which on an id is looked for in raw bytes: a shorter one stands there by chance.</summary>
    public const int MinRawBytes = 8;

    readonly Dictionary<ulong, byte[]> byHash = [];

    /// <summary>Ids of that length at least, by their first bytes.</summary>
    readonly Dictionary<ulong, List<byte[]>> byStart = [];

    /// <param name="ids">A device stands in some columns without its prefix: it is looked for either way.</param>
    public IdPatterns(IEnumerable<string> ids)
    {
        foreach (var id in ids.SelectMany(id => Model.Identity.AnonymousId.IsDevice(id) ? [id, id[Model.Identity.AnonymousId.DevicePrefix.Length..]] : new[] { id }).Distinct(StringComparer.Ordinal))
        {
            var utf8 = Encoding.UTF8.GetBytes(id);
            if (utf8.Length == 0) continue;
            byHash[XxHash3.HashToUInt64(utf8)] = utf8;
            if (utf8.Length < MinRawBytes) continue;
            var start = BitConverter.ToUInt64(utf8);
            if (!byStart.TryGetValue(start, out var list)) byStart.Add(start, list = []);
            list.Add(utf8);
        }
    }

    /// <summary>Whether a value is one of the ids.</summary>
    public bool Is(ReadOnlySpan<byte> value) => byHash.TryGetValue(XxHash3.HashToUInt64(value), out var id) && value.SequenceEqual(id);

    /// <summary>Whether a text in some JSON is one of the ids.</summary>
    public bool IsInJson(ReadOnlySpan<byte> json)
    {
        while (true)
        {
            var begin = json.IndexOf((byte)'"');
            if (begin < 0) return false;
            json = json[(begin + 1)..];
            var end = json.IndexOf((byte)'"');
            if (end < 0) return false;
            if (Is(json[..end])) return true;
            // The end of one text may be the beginning of the next where a quote was escaped: every stretch between two quotes is looked at.
            json = json[end..];
        }
    }

    /// <summary>Whether one of the longer ids stands anywhere in some bytes.</summary>
    public bool IsIn(ReadOnlySpan<byte> bytes)
    {
        if (byStart.Count == 1)
        {
            foreach (var id in byStart.Values.First())
                if (bytes.IndexOf(id) >= 0) return true;
            return false;
        }
        for (var at = 0; byStart.Count > 0 && at + MinRawBytes <= bytes.Length; at++)
        {
            if (!byStart.TryGetValue(BitConverter.ToUInt64(bytes[at..]), out var ids)) continue;
            foreach (var id in ids)
                if (bytes[at..].StartsWith(id)) return true;
        }
        return false;
    }
}
