using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using Cairn.Storage.Parquet.Encodings;
using Cairn.Storage.Parquet.Metadata;
using Snappier;

namespace Cairn.Storage.Parquet.Reading;

/// <summary>Takes a column chunk's bytes apart into pages, checked and decompressed.</summary>
sealed class PageReader : IDisposable
{
    /// <summary>How many times its own size a page can unfold to: Snappy's longest copy is 64 bytes out of 3, Deflate's limit is 1,032.</summary>
    const int MaxSnappyRatio = 22, MaxGzipRatio = 1032;

    /// <summary>A page smaller than this may unfold by any ratio.</summary>
    const int RatioFreeBytes = 1024;

    readonly string file;
    readonly ParquetLeaf leaf;
    readonly ColumnChunkInfo chunk;
    readonly ReadOnlyMemory<byte> bytes;
    readonly List<Page> pages = [];
    readonly ByteBuffer unpacked = new();

    /// <param name="bytes">The chunk, whole.</param>
    /// <exception cref="ParquetFormatException">Its checksum or its pages' headers are wrong.</exception>
    public PageReader(string file, ParquetLeaf leaf, in ColumnChunkInfo chunk, ReadOnlyMemory<byte> bytes)
    {
        this.file = file;
        this.leaf = leaf;
        this.chunk = chunk;
        this.bytes = bytes;
        CheckChunk(file, leaf, in chunk, bytes.Span);
        FindPages();
    }

    /// <summary>The dictionary page first, where there is one, then the data pages.</summary>
    public IReadOnlyList<Page> Pages => pages;

    /// <summary>Compares a chunk with its checksum, where it has one.</summary>
    public static void CheckChunk(string file, ParquetLeaf leaf, in ColumnChunkInfo chunk, ReadOnlySpan<byte> bytes)
    {
        if (chunk.Checksum is not { } expected) return;
        var found = Crc32.HashToUInt32(bytes);
        if (found != expected) throw new ParquetFormatException(file, chunk.Offset, $"column {leaf} with checksum {expected:x8}", $"{found:x8}");
    }

    /// <summary>A page's bytes, decompressed; valid until the next call.</summary>
    public PageBody Open(scoped in Page page)
    {
        var body = bytes.Span.Slice(page.BodyStart, page.Header.CompressedBytes);
        // The chunk's own checksum, where there is one, has covered this page's.
        if (chunk.Checksum is null && page.Header.Checksum is { } expected && Crc32.HashToUInt32(body) is var found && found != expected)
            throw Fault(page, $"a page with checksum {expected:x8}", $"{found:x8}");
        return page.Header.Type == PageHeader.DataPageV2 ? OpenVersion2(in page, body) : OpenVersion1(in page, body);
    }

    public ParquetFormatException Fault(scoped in Page page, string expected, string found, Exception? inner = null) =>
        new(file, chunk.Offset + page.HeaderStart, $"in column {leaf} {expected}", found, inner);

    public void Dispose() => unpacked.Dispose();

    void FindPages()
    {
        var position = 0;
        long values = 0;
        while (position < bytes.Length && values < chunk.ValueCount)
        {
            var header = PageHeader.Read(bytes.Span[position..], file, chunk.Offset + position, out var headerBytes);
            var page = new Page(header, position, position + headerBytes);
            position += headerBytes + header.CompressedBytes;
            if (header.Type == PageHeader.IndexPage) continue;
            if (header.Type == PageHeader.DictionaryPage && pages.Count > 0) throw Fault(in page, "one dictionary page before all data", "another one");
            if (header.Type != PageHeader.DictionaryPage) values += header.ValueCount;
            pages.Add(page);
        }
        if (values != chunk.ValueCount) throw new ParquetFormatException(file, chunk.Offset, $"{chunk.ValueCount} values in column {leaf}", $"{values}");
    }

    PageBody OpenVersion1(scoped in Page page, ReadOnlySpan<byte> body)
    {
        var content = Unpack(in page, body, page.Header.UncompressedBytes, chunk.Codec);
        if (page.Header.Type == PageHeader.DictionaryPage) return new(default, default, content);
        var repetition = TakeLevels(in page, ref content, leaf.MaxRepetition, page.Header.RepetitionEncoding);
        var definition = TakeLevels(in page, ref content, leaf.MaxDefinition, page.Header.DefinitionEncoding);
        return new(repetition, definition, content);
    }

    PageBody OpenVersion2(scoped in Page page, ReadOnlySpan<byte> body)
    {
        var header = page.Header;
        var levels = header.RepetitionBytes + header.DefinitionBytes;
        var codec = header.IsUncompressed ? ParquetCodec.Uncompressed : chunk.Codec;
        var content = Unpack(in page, body[levels..], header.UncompressedBytes - levels, codec);
        return new(body[..header.RepetitionBytes], body[header.RepetitionBytes..levels], content);
    }

    ReadOnlySpan<byte> TakeLevels(scoped in Page page, scoped ref ReadOnlySpan<byte> content, int max, ParquetEncoding encoding)
    {
        if (max == 0) return [];
        if (encoding != ParquetEncoding.Rle) throw Fault(in page, "levels encoded as runs (3)", $"{encoding}");
        if (content.Length < 4) throw Fault(in page, "the length of its levels", "the page's end");
        var length = BinaryPrimitives.ReadInt32LittleEndian(content);
        if ((uint)length > (uint)(content.Length - 4)) throw Fault(in page, $"levels of at most {content.Length - 4} bytes", $"{length}");
        var levels = content.Slice(4, length);
        content = content[(4 + length)..];
        return levels;
    }

    ReadOnlySpan<byte> Unpack(scoped in Page page, ReadOnlySpan<byte> body, int uncompressedBytes, ParquetCodec codec)
    {
        switch (codec)
        {
            case ParquetCodec.Uncompressed:
                if (body.Length != uncompressedBytes) throw Fault(in page, $"{uncompressedBytes} bytes", $"{body.Length}");
                return body;
            case ParquetCodec.Snappy:
                return UnpackSnappy(in page, body, uncompressedBytes);
            case ParquetCodec.Gzip:
                return UnpackGzip(in page, body, uncompressedBytes);
            case ParquetCodec.Lzo or ParquetCodec.Brotli or ParquetCodec.Lz4 or ParquetCodec.Zstd or ParquetCodec.Lz4Raw:
            default:
                throw Fault(in page, "no compression, Snappy or gzip", $"codec {codec}");
        }
    }

    ReadOnlySpan<byte> UnpackSnappy(scoped in Page page, ReadOnlySpan<byte> body, int uncompressedBytes)
    {
        if (uncompressedBytes == 0 && body.IsEmpty) return [];
        CheckRatio(in page, body.Length, uncompressedBytes, MaxSnappyRatio);
        try
        {
            var promised = Snappy.GetUncompressedLength(body);
            if (promised != uncompressedBytes) throw Fault(in page, $"{uncompressedBytes} bytes of Snappy", $"{promised}");
            unpacked.Clear();
            var room = unpacked.Reserve(uncompressedBytes)[..uncompressedBytes];
            var written = Snappy.Decompress(body, room);
            if (written != uncompressedBytes) throw Fault(in page, $"{uncompressedBytes} bytes of Snappy", $"{written}");
            return room;
        }
        catch (InvalidDataException torn)
        {
            throw Fault(in page, "Snappy", torn.Message, torn);
        }
    }

    ReadOnlySpan<byte> UnpackGzip(scoped in Page page, ReadOnlySpan<byte> body, int uncompressedBytes)
    {
        CheckRatio(in page, body.Length, uncompressedBytes, MaxGzipRatio);
        unpacked.Clear();
        var room = unpacked.Reserve(uncompressedBytes)[..uncompressedBytes];
        try
        {
            using var stream = new GZipStream(new MemoryStream(body.ToArray()), CompressionMode.Decompress);
            var read = stream.ReadAtLeast(room, uncompressedBytes, throwOnEndOfStream: false);
            if (read != uncompressedBytes || stream.ReadByte() >= 0) throw Fault(in page, $"{uncompressedBytes} bytes of gzip", read < uncompressedBytes ? $"{read}" : "more");
            return room;
        }
        catch (InvalidDataException torn)
        {
            throw Fault(in page, "gzip", torn.Message, torn);
        }
    }

    void CheckRatio(scoped in Page page, int packedBytes, int uncompressedBytes, int ratio)
    {
        var most = Math.Max(RatioFreeBytes, (long)packedBytes * ratio);
        if (uncompressedBytes > most) throw Fault(in page, $"at most {most} bytes out of {packedBytes}", $"{uncompressedBytes}");
    }

    /// <param name="HeaderStart">Bytes from the chunk's start.</param>
    /// <param name="BodyStart">Bytes from the chunk's start.</param>
    public readonly record struct Page(PageHeader Header, int HeaderStart, int BodyStart);
}

/// <summary>A page's parts, decompressed: the runs of its levels (empty where there are none) and its values.</summary>
readonly ref struct PageBody(ReadOnlySpan<byte> repetition, ReadOnlySpan<byte> definition, ReadOnlySpan<byte> values)
{
    public ReadOnlySpan<byte> Repetition { get; } = repetition;

    public ReadOnlySpan<byte> Definition { get; } = definition;

    public ReadOnlySpan<byte> Values { get; } = values;
}
