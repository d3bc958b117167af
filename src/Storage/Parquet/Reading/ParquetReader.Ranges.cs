namespace Cairn.Storage.Parquet;

public sealed partial class ParquetReader
{
    /// <summary>Unwanted bytes between two wanted chunks that are read along: less than a request to a blob store costs.</summary>
    const int MaxGapBytes = 128 * 1024;

    /// <summary>Neighbours are read together up to this many bytes: longer ranges arrive sooner side by side.</summary>
    const int MaxRangeBytes = 16 << 20;

    /// <summary>Reads several columns of one row group, neighbours in the file by one range read; the ranges are read side by side.</summary>
    /// <param name="columns">Places in <see cref="Schema"/>'s leaves, in any order.</param>
    /// <param name="distinct">As in <see cref="ReadAsync(int, int, CancellationToken, bool)"/>.</param>
    /// <returns>A decoded column for each of <paramref name="columns"/>, in their order.</returns>
    /// <exception cref="ParquetFormatException">A chunk is torn, altered or uses what we do not read.</exception>
    public async ValueTask<DecodedColumn[]> ReadAsync(int rowGroup, IReadOnlyList<int> columns, CancellationToken cancellationToken, bool distinct = true)
    {
        var decoded = new DecodedColumn[columns.Count];
        if (!whole.IsEmpty)
        {
            for (var i = 0; i < decoded.Length; i++) decoded[i] = Read(rowGroup, columns[i], distinct);
            return decoded;
        }
        var ranges = RangesOf(rowGroup, columns);
        var bytes = await Task.WhenAll(ranges.Select(range => ReadRangeAsync(range.Offset, range.Length, cancellationToken)));
        for (var i = 0; i < ranges.Count; i++)
            foreach (var place in ranges[i].Places)
            {
                var (offset, length) = PlaceOf(rowGroup, columns[place]);
                decoded[place] = Decode(rowGroup, columns[place], bytes[i].AsMemory((int)(offset - ranges[i].Offset), length), distinct);
            }
        return decoded;
    }

    async Task<byte[]> ReadRangeAsync(long offset, int length, CancellationToken cancellationToken)
    {
        var bytes = new byte[length];
        await source.ReadAsync(offset, bytes, cancellationToken);
        return bytes;
    }

    List<WantedRange> RangesOf(int rowGroup, IReadOnlyList<int> columns)
    {
        var ranges = new List<WantedRange>();
        foreach (var place in Enumerable.Range(0, columns.Count).OrderBy(place => PlaceOf(rowGroup, columns[place]).Offset))
        {
            var (offset, length) = PlaceOf(rowGroup, columns[place]);
            if (ranges.Count > 0 && ranges[^1] is var last && offset - last.End <= MaxGapBytes && offset + length - last.Offset <= MaxRangeBytes)
                ranges[^1] = last with { End = Math.Max(last.End, offset + length), Places = [.. last.Places, place] };
            else
                ranges.Add(new(offset, offset + length, [place]));
        }
        return ranges;
    }

    /// <summary>A part of the file, and which of the wanted columns lie in it.</summary>
    readonly record struct WantedRange(long Offset, long End, int[] Places)
    {
        public int Length => (int)(End - Offset);
    }
}
