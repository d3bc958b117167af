using System.IO.Hashing;
using Cairn.Storage.Parquet.Metadata;
using Snappier;

namespace Cairn.Storage.Parquet.Writing;

/// <summary>Collects the pages of one column chunk and lays the chunk out. Reused from chunk to chunk.</summary>
/// <remarks>
/// Pages are of version 1: every engine reads them, and what version 2 adds (levels outside the compression, a page without
/// compression in a compressed chunk) a chunk of one page gains nothing from.
/// </remarks>
sealed class ChunkBuilder : IDisposable
{
    readonly ByteBuffer raw = new();
    readonly ByteBuffer packed = new();
    readonly List<Page> pages = [];

    /// <summary>Bytes of the pages' contents so far.</summary>
    public int RawBytes => raw.Length;

    public void Clear()
    {
        raw.Clear();
        packed.Clear();
        pages.Clear();
    }

    /// <summary>Adds the dictionary page, which comes first; the caller then appends its entries to the buffer it gets.</summary>
    public ByteBuffer BeginDictionary(int entryCount)
    {
        pages.Add(new(PageHeader.DictionaryPage, entryCount, ParquetEncoding.Plain, raw.Length));
        return raw;
    }

    /// <summary>Adds a data page; the caller then appends its levels and values to the buffer it gets.</summary>
    public ByteBuffer BeginPage(int valueCount, ParquetEncoding encoding)
    {
        pages.Add(new(PageHeader.DataPage, valueCount, encoding, raw.Length));
        return raw;
    }

    /// <summary>Appends the chunk to the file.</summary>
    /// <param name="fileOffset">Where in the file it begins.</param>
    /// <param name="into">The file's bytes.</param>
    /// <param name="known">What the caller knows: counts and range; the rest is filled in.</param>
    public ColumnChunkInfo Finish(long fileOffset, ByteBuffer into, bool compresses, ColumnChunkInfo known)
    {
        var isPacked = compresses && Pack();
        var bodies = isPacked ? packed : raw;
        var start = into.Length;
        var uncompressed = 0L;
        var encodings = 1u << (int)ParquetEncoding.Rle;
        long dictionaryAt = 0, dataAt = 0;
        for (var i = 0; i < pages.Count; i++)
        {
            var page = pages[i];
            var body = bodies.Written[BodyOf(i, isPacked)];
            var rawBytes = RawLengthOf(i);
            var headerAt = into.Length;
            new PageHeader
            {
                Type = page.Type,
                ValueCount = page.ValueCount,
                Encoding = page.Encoding,
                UncompressedBytes = rawBytes,
                CompressedBytes = body.Length,
                Checksum = Crc32.HashToUInt32(body),
            }.Write(into);
            uncompressed += into.Length - headerAt + rawBytes;
            into.Append(body);
            encodings |= 1u << (int)page.Encoding;
            var at = fileOffset + headerAt - start;
            if (page.Type == PageHeader.DictionaryPage) dictionaryAt = at;
            else if (dataAt == 0) dataAt = at;
        }
        var length = into.Length - start;
        return known with
        {
            Codec = isPacked ? ParquetCodec.Snappy : ParquetCodec.Uncompressed,
            Encodings = encodings,
            UncompressedBytes = uncompressed,
            CompressedBytes = length,
            DataPageOffset = dataAt,
            DictionaryPageOffset = dictionaryAt,
            Checksum = Crc32.HashToUInt32(into.Slice(start, length)),
        };
    }

    public void Dispose()
    {
        raw.Dispose();
        packed.Dispose();
    }

    /// <summary>Compresses every page; false where that does not pay.</summary>
    bool Pack()
    {
        for (var i = 0; i < pages.Count; i++)
        {
            var body = raw.Written[BodyOf(i, isPacked: false)];
            var room = packed.Reserve(Snappy.GetMaxCompressedLength(body.Length));
            pages[i] = pages[i] with { PackedStart = packed.Length };
            packed.Advance(Snappy.Compress(body, room));
        }
        return packed.Length < raw.Length * (1 - WriterLimits.MinSavedShare);
    }

    int RawLengthOf(int page) => (page + 1 < pages.Count ? pages[page + 1].Start : raw.Length) - pages[page].Start;

    Range BodyOf(int page, bool isPacked) => isPacked
        ? pages[page].PackedStart..(page + 1 < pages.Count ? pages[page + 1].PackedStart : packed.Length)
        : pages[page].Start..(page + 1 < pages.Count ? pages[page + 1].Start : raw.Length);

    readonly record struct Page(int Type, int ValueCount, ParquetEncoding Encoding, int Start, int PackedStart = 0);
}
