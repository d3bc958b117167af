using Cairn.Storage.Parquet.Encodings;

namespace Cairn.Storage.Parquet.Writing;

/// <summary>How a column chunk of texts is best written: which of a caller's texts it uses, and whether a dictionary of them pays.</summary>
readonly ref struct TextPlan
{
    readonly ReadOnlySpan<int> map;

    TextPlan(ReadOnlySpan<int> map, ReadOnlySpan<int> used, long plainBytes, bool usesDictionary)
    {
        this.map = map;
        Used = used;
        PlainBytes = plainBytes;
        UsesDictionary = usesDictionary;
    }

    /// <summary>The caller's codes that occur, in the order of first use: the chunk's dictionary.</summary>
    public ReadOnlySpan<int> Used { get; }

    public bool UsesDictionary { get; }

    /// <summary>Bytes of all values written plain.</summary>
    public long PlainBytes { get; }

    /// <summary>Bits of a code.</summary>
    public int Width => Used.IsEmpty ? 0 : BitPacking.WidthOf((ulong)Used.Length - 1);

    /// <param name="codes">Each at least 0 and below the count of texts.</param>
    /// <param name="scratch">Holds the map of codes; lives as long as the plan.</param>
    public static TextPlan Make(Utf8Values texts, ReadOnlySpan<int> codes, Scratch<int> scratch)
    {
        var memory = scratch.Of(texts.Count + Math.Min(texts.Count, codes.Length));
        // The chunk's code + 1 by the caller's code; 0 while it was not met.
        var map = memory[..texts.Count];
        map.Clear();
        var used = memory[texts.Count..];
        var usedCount = 0;
        long plainBytes = 0, dictionaryBytes = 0, runs = 0;
        var previous = -1;
        foreach (var code in codes)
        {
            var bytes = texts.LengthOf(code) + Plain.LengthBytes;
            plainBytes += bytes;
            if (code == previous) continue;
            previous = code;
            runs++;
            if (map[code] != 0) continue;
            used[usedCount++] = code;
            map[code] = usedCount;
            dictionaryBytes += bytes;
        }
        var width = usedCount == 0 ? 0 : BitPacking.WidthOf((ulong)usedCount - 1);
        var pays = usedCount > 0 && dictionaryBytes + RunLengthHybrid.EstimateBytes(codes.Length, runs, width) < plainBytes;
        return new(map, used[..usedCount], plainBytes, pays && dictionaryBytes <= WriterLimits.MaxDictionaryBytes);
    }

    /// <summary>Replaces the caller's codes by the chunk's.</summary>
    public void Recode(Span<int> codes)
    {
        foreach (ref var code in codes) code = map[code] - 1;
    }
}
