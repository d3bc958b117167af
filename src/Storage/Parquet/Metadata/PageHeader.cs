using Cairn.Storage.Parquet.Thrift;

namespace Cairn.Storage.Parquet.Metadata;

/// <summary>What a page's header says.</summary>
/// <remarks>Source: apache/parquet-format, src/main/thrift/parquet.thrift, <c>PageHeader</c> and the headers in it; numbers as there.</remarks>
struct PageHeader
{
    public const int DataPage = 0, IndexPage = 1, DictionaryPage = 2, DataPageV2 = 3;

    public int Type;
    public int UncompressedBytes;
    public int CompressedBytes;

    /// <summary>CRC-32 of the page's bytes as they stand in the file; null where the writer gave none.</summary>
    public uint? Checksum;

    /// <summary>Values and nulls of a data page; entries of a dictionary page.</summary>
    public int ValueCount;
    public ParquetEncoding Encoding;
    public ParquetEncoding DefinitionEncoding;
    public ParquetEncoding RepetitionEncoding;

    /// <summary>Version 2 only: bytes of the levels, which stand uncompressed before the values.</summary>
    public int DefinitionBytes;
    public int RepetitionBytes;

    /// <summary>Version 2 only.</summary>
    public bool IsUncompressed;

    public readonly void Write(ByteBuffer into)
    {
        var writer = new CompactWriter(into);
        writer.BeginStruct();
        writer.Field(1, Type);
        writer.Field(2, UncompressedBytes);
        writer.Field(3, CompressedBytes);
        if (Checksum is { } checksum) writer.Field(4, (int)checksum);
        if (Type == DictionaryPage)
        {
            writer.BeginStruct(7);
            writer.Field(1, ValueCount);
            writer.Field(2, (int)Encoding);
            writer.EndStruct();
        }
        else
        {
            writer.BeginStruct(5);
            writer.Field(1, ValueCount);
            writer.Field(2, (int)Encoding);
            writer.Field(3, (int)ParquetEncoding.Rle);
            writer.Field(4, (int)ParquetEncoding.Rle);
            writer.EndStruct();
        }
        writer.EndStruct();
    }

    /// <summary>Reads the header at the beginning of <paramref name="bytes"/>.</summary>
    /// <param name="headerBytes">Becomes its length.</param>
    public static PageHeader Read(ReadOnlySpan<byte> bytes, string file, long fileOffset, out int headerBytes)
    {
        var reader = new CompactReader(bytes, file, fileOffset);
        var header = new PageHeader { Type = -1, UncompressedBytes = -1, CompressedBytes = -1, ValueCount = -1 };
        var id = 0;
        for (var type = reader.NextField(ref id); type != CompactType.Stop; type = reader.NextField(ref id))
        {
            switch (id)
            {
                case 1: header.Type = reader.Int32(type); break;
                case 2: header.UncompressedBytes = reader.Int32(type); break;
                case 3: header.CompressedBytes = reader.Int32(type); break;
                case 4: header.Checksum = (uint)reader.Int32(type); break;
                case 5: ReadDataHeader(ref header, type, ref reader); break;
                case 7: ReadDictionaryHeader(ref header, type, ref reader); break;
                case 8: ReadDataHeaderV2(ref header, type, ref reader); break;
                default: reader.Skip(type); break;
            }
        }
        headerBytes = reader.Position;
        header.Check(bytes.Length - headerBytes, in reader);
        return header;
    }

    readonly void Check(int available, scoped in CompactReader reader)
    {
        if (Type is < DataPage or > DataPageV2) throw reader.Fault("a page type from 0 to 3", $"{Type}");
        if (UncompressedBytes is < 0 or > FileLayout.MaxPageBytes) throw reader.Fault($"a page of at most {FileLayout.MaxPageBytes} bytes", $"{UncompressedBytes}");
        if (CompressedBytes < 0 || CompressedBytes > available) throw reader.Fault($"a page within the {available} bytes left of its chunk", $"{CompressedBytes}");
        if (Type != IndexPage && ValueCount < 0) throw reader.Fault("a page's count of values", $"{ValueCount}");
        if (Type != DataPageV2) return;
        var levels = (long)DefinitionBytes + RepetitionBytes;
        if (DefinitionBytes < 0 || RepetitionBytes < 0 || levels > CompressedBytes || levels > UncompressedBytes)
            throw reader.Fault($"levels within a page of {CompressedBytes} bytes", $"{DefinitionBytes} and {RepetitionBytes} bytes");
    }

    static void ReadDataHeader(ref PageHeader header, CompactType outer, scoped ref CompactReader reader)
    {
        CompactReader.RequireStruct(outer, in reader);
        var id = 0;
        for (var type = reader.NextField(ref id); type != CompactType.Stop; type = reader.NextField(ref id))
        {
            switch (id)
            {
                case 1: header.ValueCount = reader.Int32(type); break;
                case 2: header.Encoding = (ParquetEncoding)reader.Int32(type); break;
                case 3: header.DefinitionEncoding = (ParquetEncoding)reader.Int32(type); break;
                case 4: header.RepetitionEncoding = (ParquetEncoding)reader.Int32(type); break;
                default: reader.Skip(type); break;
            }
        }
    }

    static void ReadDictionaryHeader(ref PageHeader header, CompactType outer, scoped ref CompactReader reader)
    {
        CompactReader.RequireStruct(outer, in reader);
        var id = 0;
        for (var type = reader.NextField(ref id); type != CompactType.Stop; type = reader.NextField(ref id))
        {
            switch (id)
            {
                case 1: header.ValueCount = reader.Int32(type); break;
                case 2: header.Encoding = (ParquetEncoding)reader.Int32(type); break;
                default: reader.Skip(type); break;
            }
        }
    }

    static void ReadDataHeaderV2(ref PageHeader header, CompactType outer, scoped ref CompactReader reader)
    {
        CompactReader.RequireStruct(outer, in reader);
        header.DefinitionEncoding = header.RepetitionEncoding = ParquetEncoding.Rle;
        var id = 0;
        for (var type = reader.NextField(ref id); type != CompactType.Stop; type = reader.NextField(ref id))
        {
            switch (id)
            {
                case 1: header.ValueCount = reader.Int32(type); break;
                case 4: header.Encoding = (ParquetEncoding)reader.Int32(type); break;
                case 5: header.DefinitionBytes = reader.Int32(type); break;
                case 6: header.RepetitionBytes = reader.Int32(type); break;
                case 7: header.IsUncompressed = !reader.Boolean(type); break;
                default: reader.Skip(type); break;
            }
        }
    }
}
