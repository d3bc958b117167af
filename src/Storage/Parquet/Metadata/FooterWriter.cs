using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Cairn.Storage.Parquet.Thrift;

namespace Cairn.Storage.Parquet.Metadata;

/// <summary>Lays out the footer.</summary>
/// <remarks>Source: apache/parquet-format, src/main/thrift/parquet.thrift, <c>FileMetaData</c> and what it holds; field ids as there.</remarks>
static class FooterWriter
{
    /// <summary>Appends footer, its length and the magic.</summary>
    public static void Write(ParquetSchema schema, IReadOnlyList<RowGroupInfo> rowGroups, IReadOnlyDictionary<string, string> keyValues, ByteBuffer into)
    {
        var start = into.Length;
        var checksumAt = WriteStruct(schema, rowGroups, keyValues, into);
        var length = into.Length - start;
        var checksum = Crc32.HashToUInt32(into.Slice(start, length));
        Encoding.ASCII.GetBytes(checksum.ToString("x8", CultureInfo.InvariantCulture), into.Slice(checksumAt, FileLayout.FooterChecksumPlaceholder.Length));
        BinaryPrimitives.WriteInt32LittleEndian(into.Reserve(4), length);
        into.Advance(4);
        into.Append(FileLayout.Magic);
    }

    static int WriteStruct(ParquetSchema schema, IReadOnlyList<RowGroupInfo> rowGroups, IReadOnlyDictionary<string, string> keyValues, ByteBuffer into)
    {
        var writer = new CompactWriter(into);
        writer.BeginStruct();
        writer.Field(1, 2);
        writer.BeginList(2, CompactType.Struct, SchemaElements.Count(schema));
        SchemaElements.Write(schema, ref writer);
        writer.Field(3, rowGroups.Sum(group => (long)group.RowCount));
        writer.BeginList(4, CompactType.Struct, rowGroups.Count);
        foreach (var group in rowGroups) WriteRowGroup(schema, group, ref writer);
        writer.BeginList(5, CompactType.Struct, keyValues.Count + 2);
        foreach (var (key, value) in keyValues) WriteKeyValue(key, value, ref writer);
        WriteKeyValue(FileLayout.ChunkChecksumsKey, Convert.ToBase64String(ChunkChecksums(rowGroups)), ref writer);
        WriteKeyValue(FileLayout.FooterChecksumKey, Encoding.ASCII.GetString(FileLayout.FooterChecksumPlaceholder), ref writer);
        // The value just written ends with the struct's stop byte behind it.
        var checksumAt = into.Length - 1 - FileLayout.FooterChecksumPlaceholder.Length;
        writer.Field(6, FileLayout.CreatedBy);
        WriteColumnOrders(schema.Leaves.Count, ref writer);
        writer.EndStruct();
        return checksumAt;
    }

    static void WriteRowGroup(ParquetSchema schema, RowGroupInfo group, scoped ref CompactWriter writer)
    {
        writer.BeginStruct();
        writer.BeginList(1, CompactType.Struct, group.Columns.Length);
        long uncompressed = 0, compressed = 0;
        for (var i = 0; i < group.Columns.Length; i++)
        {
            ref readonly var chunk = ref group.Columns[i];
            WriteChunk(schema.Leaves[i], in chunk, ref writer);
            uncompressed += chunk.UncompressedBytes;
            compressed += chunk.CompressedBytes;
        }
        writer.Field(2, uncompressed);
        writer.Field(3, (long)group.RowCount);
        if (group.Columns.Length > 0) writer.Field(5, group.Columns[0].Offset);
        writer.Field(6, compressed);
        writer.EndStruct();
    }

    static void WriteChunk(ParquetLeaf leaf, in ColumnChunkInfo chunk, scoped ref CompactWriter writer)
    {
        writer.BeginStruct();
        writer.Field(2, 0L);
        writer.BeginStruct(3);
        writer.Field(1, (int)leaf.Column.Type);
        writer.BeginList(2, CompactType.I32, System.Numerics.BitOperations.PopCount(chunk.Encodings));
        for (var encoding = 0; encoding < 32; encoding++)
            if (chunk.Uses((ParquetEncoding)encoding)) writer.Element(encoding);
        writer.BeginList(3, CompactType.Binary, leaf.Path.Count);
        foreach (var name in leaf.Path) writer.Element(name);
        writer.Field(4, (int)chunk.Codec);
        writer.Field(5, chunk.ValueCount);
        writer.Field(6, chunk.UncompressedBytes);
        writer.Field(7, chunk.CompressedBytes);
        writer.Field(9, chunk.DataPageOffset);
        if (chunk.DictionaryPageOffset > 0) writer.Field(11, chunk.DictionaryPageOffset);
        WriteStatistics(leaf.Column.Type, in chunk, ref writer);
        writer.EndStruct();
        writer.EndStruct();
    }

    static void WriteStatistics(PhysicalType type, in ColumnChunkInfo chunk, scoped ref CompactWriter writer)
    {
        if (chunk.NullCount < 0 && !chunk.HasRange) return;
        writer.BeginStruct(12);
        if (chunk.NullCount >= 0) writer.Field(3, chunk.NullCount);
        if (chunk.HasRange)
        {
            Span<byte> value = stackalloc byte[8];
            var bytes = type == PhysicalType.Int32 ? 4 : 8;
            BinaryPrimitives.WriteInt64LittleEndian(value, chunk.Max);
            writer.Field(5, value[..bytes]);
            BinaryPrimitives.WriteInt64LittleEndian(value, chunk.Min);
            writer.Field(6, value[..bytes]);
        }
        writer.EndStruct();
    }

    static void WriteKeyValue(string key, string value, scoped ref CompactWriter writer)
    {
        writer.BeginStruct();
        writer.Field(1, key);
        writer.Field(2, value);
        writer.EndStruct();
    }

    /// <summary>Every column is ordered by its type, which is what makes the new statistics valid.</summary>
    static void WriteColumnOrders(int columns, scoped ref CompactWriter writer)
    {
        writer.BeginList(7, CompactType.Struct, columns);
        for (var i = 0; i < columns; i++)
        {
            writer.BeginStruct();
            writer.BeginStruct(1);
            writer.EndStruct();
            writer.EndStruct();
        }
    }

    static byte[] ChunkChecksums(IReadOnlyList<RowGroupInfo> rowGroups)
    {
        var bytes = new byte[rowGroups.Sum(group => group.Columns.Length) * 4];
        var at = 0;
        foreach (var group in rowGroups)
            foreach (ref readonly var chunk in group.Columns)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), chunk.Checksum ?? throw new InvalidOperationException("a chunk was written without its checksum"));
                at += 4;
            }
        return bytes;
    }
}
