using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Cairn.Storage.Parquet.Thrift;

namespace Cairn.Storage.Parquet.Metadata;

/// <summary>Reads a footer that may be torn or altered, and checks that what it says can be true.</summary>
/// <remarks>Field ids as in <see cref="FooterWriter"/>.</remarks>
sealed class FooterReader
{
    /// <summary>Where other writers may put extensions of their own (apache/parquet-format, BinaryProtocolExtensions.md).</summary>
    const int ExtensionId = 32767;

    readonly string file;
    readonly long footerOffset;
    readonly Dictionary<string, string> keyValues = new(StringComparer.Ordinal);
    readonly List<RowGroupInfo> rowGroups = [];
    ParquetSchema? schema;
    byte[][][] paths = [];
    long rowCount = -1;
    string createdBy = "";
    string? chunkChecksums;
    (string Digits, int Offset)? footerChecksum;

    FooterReader(string file, long footerOffset)
    {
        this.file = file;
        this.footerOffset = footerOffset;
    }

    /// <param name="bytes">The footer's struct, whole.</param>
    /// <param name="file">The file's name, for the exception.</param>
    /// <param name="footerOffset">Where it begins in the file; all chunks lie before it.</param>
    /// <exception cref="ParquetFormatException">Something in it cannot be true.</exception>
    public static FileFooter Read(ReadOnlySpan<byte> bytes, string file, long footerOffset)
    {
        var footer = new FooterReader(file, footerOffset);
        footer.ReadStruct(bytes);
        footer.CheckFooter(bytes);
        var groups = footer.WithChecksums();
        return new(footer.schema!, footer.rowCount, groups, footer.keyValues, footer.createdBy);
    }

    void ReadStruct(ReadOnlySpan<byte> bytes)
    {
        var reader = new CompactReader(bytes, file, footerOffset);
        var id = 0;
        for (var type = reader.NextField(ref id); type != CompactType.Stop; type = reader.NextField(ref id))
        {
            switch (id)
            {
                case 1: reader.Int32(type); break;
                case 2:
                    schema = SchemaElements.Read(type, ref reader);
                    paths = [.. schema.Leaves.Select(leaf => leaf.Path.Select(Encoding.UTF8.GetBytes).ToArray())];
                    break;
                case 3: rowCount = reader.Int64(type); break;
                case 4:
                    for (var left = reader.List(type, CompactType.Struct); left > 0; left--) rowGroups.Add(ReadRowGroup(ref reader));
                    break;
                case 5:
                    for (var left = reader.List(type, CompactType.Struct); left > 0; left--) ReadKeyValue(ref reader);
                    break;
                case 6: createdBy = Encoding.UTF8.GetString(reader.Binary(type)); break;
                case 7 or ExtensionId: reader.Skip(type); break;
                // Neither encryption (8, 9) nor what is not known yet: a changed id would hide our checksums.
                default: throw reader.Fault("a footer's field from 1 to 7", $"{id}");
            }
        }
        // A stop byte too early would hide our checksums.
        if (reader.Position != bytes.Length) throw reader.Fault($"a footer of {bytes.Length} bytes", $"{reader.Position}");
        if (schema is null) throw reader.Fault("a schema", "none");
        var rows = rowGroups.Sum(group => (long)group.RowCount);
        if (rowCount != rows) throw reader.Fault($"{rows} rows, as the row groups have", $"{rowCount}");
    }

    RowGroupInfo ReadRowGroup(scoped ref CompactReader reader)
    {
        if (schema is null) throw reader.Fault("the schema before the row groups", "row groups");
        var chunks = new ColumnChunkInfo[schema.Leaves.Count];
        var read = -1;
        var rows = -1L;
        var id = 0;
        for (var type = reader.NextField(ref id); type != CompactType.Stop; type = reader.NextField(ref id))
        {
            switch (id)
            {
                case 1:
                    read = reader.List(type, CompactType.Struct);
                    if (read != chunks.Length) throw reader.Fault($"{chunks.Length} column chunks in a row group", $"{read}");
                    for (var i = 0; i < read; i++) chunks[i] = ReadChunk(i, ref reader);
                    break;
                case 3: rows = reader.Int64(type); break;
                default: reader.Skip(type); break;
            }
        }
        if (read < 0) throw reader.Fault("a row group's columns", "none");
        if (rows is < 0 or > FileLayout.MaxRowsPerRowGroup) throw reader.Fault($"0 to {FileLayout.MaxRowsPerRowGroup} rows in a row group", $"{rows}");
        for (var i = 0; i < chunks.Length; i++)
            if (schema.Leaves[i].MaxRepetition == 0 && chunks[i].ValueCount != rows) throw reader.Fault($"{rows} values in column {schema.Leaves[i]}", $"{chunks[i].ValueCount}");
        return new RowGroupInfo(rows, chunks);
    }

    ColumnChunkInfo ReadChunk(int column, scoped ref CompactReader reader)
    {
        ColumnChunkInfo? chunk = null;
        var id = 0;
        for (var type = reader.NextField(ref id); type != CompactType.Stop; type = reader.NextField(ref id))
        {
            switch (id)
            {
                case 1: throw reader.Fault($"column {schema!.Leaves[column]} in this file", "a path of another one");
                case 3:
                    CompactReader.RequireStruct(type, in reader);
                    chunk = ReadChunkMetadata(column, ref reader);
                    break;
                default: reader.Skip(type); break;
            }
        }
        return chunk ?? throw reader.Fault($"metadata of column {schema!.Leaves[column]}", "none");
    }

    ColumnChunkInfo ReadChunkMetadata(int column, scoped ref CompactReader reader)
    {
        var leaf = schema!.Leaves[column];
        var chunk = new ColumnChunkInfo { NullCount = -1, ValueCount = -1, CompressedBytes = -1, UncompressedBytes = -1, DataPageOffset = -1 };
        var id = 0;
        for (var type = reader.NextField(ref id); type != CompactType.Stop; type = reader.NextField(ref id))
        {
            switch (id)
            {
                case 1:
                    var physical = reader.Int32(type);
                    if (physical != (int)leaf.Column.Type) throw reader.Fault($"column {leaf} as {leaf.Column.Type}", $"type {physical}");
                    break;
                case 2: chunk = chunk with { Encodings = ReadEncodings(type, ref reader) }; break;
                case 3: CheckPath(column, type, ref reader); break;
                case 4: chunk = chunk with { Codec = (ParquetCodec)reader.Int32(type) }; break;
                case 5: chunk = chunk with { ValueCount = reader.Int64(type) }; break;
                case 6: chunk = chunk with { UncompressedBytes = reader.Int64(type) }; break;
                case 7: chunk = chunk with { CompressedBytes = reader.Int64(type) }; break;
                case 9: chunk = chunk with { DataPageOffset = reader.Int64(type) }; break;
                case 11: chunk = chunk with { DictionaryPageOffset = reader.Int64(type) }; break;
                case 12: chunk = ReadStatistics(chunk, leaf.Column.Type, type, ref reader); break;
                default: reader.Skip(type); break;
            }
        }
        CheckPlace(leaf, in chunk, in reader);
        return chunk;
    }

    /// <summary>A chunk lies whole between the magic and the footer.</summary>
    void CheckPlace(ParquetLeaf leaf, in ColumnChunkInfo chunk, scoped in CompactReader reader)
    {
        if (chunk.ValueCount < 0) throw reader.Fault($"a count of values of column {leaf}", $"{chunk.ValueCount}");
        if (chunk.UncompressedBytes < 0) throw reader.Fault($"a size of column {leaf}", $"{chunk.UncompressedBytes}");
        if (chunk.Offset < FileLayout.MagicBytes || chunk.Offset > footerOffset) throw reader.Fault($"column {leaf} between bytes {FileLayout.MagicBytes} and {footerOffset}", $"offset {chunk.Offset}");
        if (chunk.CompressedBytes < 0 || chunk.CompressedBytes > footerOffset - chunk.Offset) throw reader.Fault($"at most {footerOffset - chunk.Offset} bytes of column {leaf}", $"{chunk.CompressedBytes}");
        if (chunk.DataPageOffset > chunk.Offset + chunk.CompressedBytes) throw reader.Fault($"data pages of column {leaf} in its {chunk.CompressedBytes} bytes", $"offset {chunk.DataPageOffset}");
    }

    static uint ReadEncodings(CompactType type, scoped ref CompactReader reader)
    {
        uint encodings = 0;
        for (var left = reader.List(type, CompactType.I32); left > 0; left--)
        {
            var encoding = reader.Int32Element();
            if ((uint)encoding > 31) throw reader.Fault("an encoding from 0 to 31", $"{encoding}");
            encodings |= 1u << encoding;
        }
        return encodings;
    }

    void CheckPath(int column, CompactType type, scoped ref CompactReader reader)
    {
        var path = paths[column];
        var count = reader.List(type, CompactType.Binary);
        if (count != path.Length) throw reader.Fault($"column {schema!.Leaves[column]}", $"a path of {count} names");
        foreach (var name in path)
        {
            var found = reader.BinaryElement();
            if (!found.SequenceEqual(name)) throw reader.Fault($"column {schema!.Leaves[column]}", $"a chunk of {Encoding.UTF8.GetString(found)}");
        }
    }

    static ColumnChunkInfo ReadStatistics(ColumnChunkInfo chunk, PhysicalType physical, CompactType type, scoped ref CompactReader reader)
    {
        CompactReader.RequireStruct(type, in reader);
        long? min = null, max = null;
        var id = 0;
        for (var field = reader.NextField(ref id); field != CompactType.Stop; field = reader.NextField(ref id))
        {
            switch (id)
            {
                case 3: chunk = chunk with { NullCount = reader.Int64(field) }; break;
                case 5: max = Number(physical, reader.Binary(field)); break;
                case 6: min = Number(physical, reader.Binary(field)); break;
                default: reader.Skip(field); break;
            }
        }
        return min is { } least && max is { } most ? chunk with { HasRange = true, Min = least, Max = most } : chunk;
    }

    static long? Number(PhysicalType physical, ReadOnlySpan<byte> value) => (physical, value.Length) switch
    {
        (PhysicalType.Int32, 4) => BinaryPrimitives.ReadInt32LittleEndian(value),
        (PhysicalType.Int64 or PhysicalType.Double, 8) => BinaryPrimitives.ReadInt64LittleEndian(value),
        _ => null,
    };

    void ReadKeyValue(scoped ref CompactReader reader)
    {
        string key = "", value = "";
        var valueAt = 0;
        var id = 0;
        for (var type = reader.NextField(ref id); type != CompactType.Stop; type = reader.NextField(ref id))
        {
            switch (id)
            {
                case 1: key = Encoding.UTF8.GetString(reader.Binary(type)); break;
                case 2:
                    var bytes = reader.Binary(type);
                    value = Encoding.UTF8.GetString(bytes);
                    valueAt = reader.Position - bytes.Length;
                    break;
                default: reader.Skip(type); break;
            }
        }
        if (key == FileLayout.ChunkChecksumsKey) chunkChecksums = value;
        else if (key == FileLayout.FooterChecksumKey) footerChecksum = (value, valueAt);
        else keyValues[key] = value;
    }

    /// <summary>Our own files must carry both checksums; whoever else writes them is held to them too.</summary>
    void CheckFooter(ReadOnlySpan<byte> bytes)
    {
        if (footerChecksum is not { } checksum)
        {
            if (createdBy.StartsWith(FileLayout.CreatedByUs, StringComparison.Ordinal)) throw new ParquetFormatException(file, footerOffset, "a checksum of the footer", "none");
            return;
        }
        var length = FileLayout.FooterChecksumPlaceholder.Length;
        if (checksum.Digits.Length != length || checksum.Offset + length > bytes.Length) throw new ParquetFormatException(file, footerOffset + checksum.Offset, $"a checksum of {length} digits", checksum.Digits);
        var crc = new Crc32();
        crc.Append(bytes[..checksum.Offset]);
        crc.Append(FileLayout.FooterChecksumPlaceholder);
        crc.Append(bytes[(checksum.Offset + length)..]);
        var found = crc.GetCurrentHashAsUInt32().ToString("x8", CultureInfo.InvariantCulture);
        if (found != checksum.Digits) throw new ParquetFormatException(file, footerOffset, $"a footer with checksum {checksum.Digits}", found);
        if (chunkChecksums is null) throw new ParquetFormatException(file, footerOffset, "checksums of the column chunks", "none");
    }

    List<RowGroupInfo> WithChecksums()
    {
        if (chunkChecksums is null) return rowGroups;
        var bytes = new byte[(chunkChecksums.Length * 3L / 4) + 3];
        var needed = rowGroups.Sum(group => (long)group.Columns.Length) * 4;
        if (!Convert.TryFromBase64String(chunkChecksums, bytes, out var length) || length != needed)
            throw new ParquetFormatException(file, footerOffset, $"{needed} bytes of checksums of column chunks", $"{length}");
        var at = 0;
        var checkedGroups = new List<RowGroupInfo>(rowGroups.Count);
        foreach (var group in rowGroups)
        {
            var columns = group.Columns.ToArray();
            for (var i = 0; i < columns.Length; i++, at += 4) columns[i] = columns[i] with { Checksum = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at)) };
            checkedGroups.Add(new RowGroupInfo(group.RowCount, columns));
        }
        return checkedGroups;
    }
}
