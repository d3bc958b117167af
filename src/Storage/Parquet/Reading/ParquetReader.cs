using System.Buffers.Binary;
using Cairn.Storage.Parquet.Metadata;
using Cairn.Storage.Parquet.Reading;

namespace Cairn.Storage.Parquet;

/// <summary>
/// Reads one Parquet file: ours, and those of other writers that keep to no compression, Snappy or gzip. Everything the file says is
/// checked before it is believed; a torn or altered file is answered with a <see cref="ParquetFormatException"/>, never with wrong rows.
/// </summary>
/// <remarks>Immutable once opened, so safe for concurrent reads. Bytes are described in docs/formats/parquet.md.</remarks>
public sealed partial class ParquetReader
{
    /// <summary>Bytes read first, from the end: the whole footer of most files, and all of a small file.</summary>
    const int FirstReadBytes = 64 * 1024;

    readonly IRangeSource source;
    readonly FileFooter footer;

    /// <summary>Where the footer begins, below which all chunks lie.</summary>
    readonly long footerOffset;

    /// <summary>The file's last bytes, kept where they are the whole file.</summary>
    readonly ReadOnlyMemory<byte> whole;

    ParquetReader(IRangeSource source, FileFooter footer, long footerOffset, ReadOnlyMemory<byte> whole)
    {
        this.source = source;
        this.footer = footer;
        this.footerOffset = footerOffset;
        this.whole = whole;
    }

    /// <summary>The file's name, as its source gives it.</summary>
    public string Name => source.Name;

    public ParquetSchema Schema => footer.Schema;

    public long RowCount => footer.RowCount;

    public IReadOnlyList<RowGroupInfo> RowGroups => footer.RowGroups;

    /// <summary>What the writer's caller noted.</summary>
    public IReadOnlyDictionary<string, string> KeyValues => footer.KeyValues;

    /// <summary>The writer's name and version; empty where it gave none.</summary>
    public string CreatedBy => footer.CreatedBy;

    /// <summary>Opens a file whose bytes are in memory; they must stay as they are while it is read.</summary>
    /// <exception cref="ParquetFormatException">It is no Parquet file, or a torn or altered one.</exception>
    public static ParquetReader Open(string name, ReadOnlyMemory<byte> bytes)
    {
        var (footerOffset, footerBytes) = LocateFooter(name, bytes.Length, Tail(bytes, FileLayout.TailBytes));
        CheckMagic(name, bytes.Span);
        var footer = FooterReader.Read(bytes.Span.Slice((int)footerOffset, footerBytes), name, footerOffset);
        return new ParquetReader(new MemorySource(name, bytes), footer, footerOffset, bytes);
    }

    /// <summary>Opens a file with one or two reads from its end.</summary>
    /// <exception cref="ParquetFormatException">It is no Parquet file, or a torn or altered one.</exception>
    public static async ValueTask<ParquetReader> OpenAsync(IRangeSource source, CancellationToken cancellationToken)
    {
        if (source is MemorySource memory) return Open(memory.Name, memory.Bytes);
        var tail = new byte[Math.Min(source.Length, FirstReadBytes)];
        if (tail.Length > 0) await source.ReadAsync(source.Length - tail.Length, tail, cancellationToken);
        if (tail.Length == source.Length)
        {
            var opened = Open(source.Name, tail);
            return new ParquetReader(source, opened.footer, opened.footerOffset, tail);
        }
        var (footerOffset, footerBytes) = LocateFooter(source.Name, source.Length, Tail(tail, FileLayout.TailBytes));
        var footer = new byte[footerBytes];
        var inTail = footerOffset - (source.Length - tail.Length);
        if (inTail >= 0) tail.AsSpan((int)inTail, footerBytes).CopyTo(footer);
        else await source.ReadAsync(footerOffset, footer, cancellationToken);
        return new ParquetReader(source, FooterReader.Read(footer, source.Name, footerOffset), footerOffset, default);
    }

    /// <summary>Reads one column of one row group, by one range read.</summary>
    /// <param name="rowGroup">From 0.</param>
    /// <param name="column">Its place in <see cref="Schema"/>'s leaves.</param>
    /// <param name="distinct">Whether texts that were written plainly are made distinct; false is faster for ids, and leaves a text a slot.</param>
    /// <exception cref="ParquetFormatException">The chunk is torn, altered or uses what we do not read.</exception>
    public async ValueTask<DecodedColumn> ReadAsync(int rowGroup, int column, CancellationToken cancellationToken, bool distinct = true)
    {
        var bytes = await ReadChunkAsync(rowGroup, column, cancellationToken);
        return Decode(rowGroup, column, bytes, distinct);
    }

    /// <summary>As <see cref="ReadAsync(int, int, CancellationToken, bool)"/>, for a file opened from memory.</summary>
    public DecodedColumn Read(int rowGroup, int column, bool distinct = true)
    {
        if (whole.IsEmpty) throw new InvalidOperationException($"{Name} is not in memory: read it with ReadAsync");
        return Decode(rowGroup, column, Slice(rowGroup, column), distinct);
    }

    internal IRangeSource Source => source;

    /// <summary>A chunk's bytes as they stand in the file.</summary>
    internal async ValueTask<ReadOnlyMemory<byte>> ReadChunkAsync(int rowGroup, int column, CancellationToken cancellationToken)
    {
        if (!whole.IsEmpty) return Slice(rowGroup, column);
        var (offset, length) = PlaceOf(rowGroup, column);
        var bytes = new byte[length];
        await source.ReadAsync(offset, bytes, cancellationToken);
        return bytes;
    }

    DecodedColumn Decode(int rowGroup, int column, ReadOnlyMemory<byte> bytes, bool distinct)
    {
        var leaf = Schema.Leaves[column];
        var group = RowGroups[rowGroup];
        var decoded = ChunkDecoder.Decode(Name, leaf, in group.Columns[column], bytes, distinct);
        if (leaf.MaxRepetition == 0 || decoded.Levels is null) return decoded;
        var rows = decoded.Levels.Repetition.AsSpan().Count((byte)0);
        if (rows != group.RowCount) throw new ParquetFormatException(Name, group.Columns[column].Offset, $"{group.RowCount} rows in column {leaf}", $"{rows}");
        return decoded;
    }

    ReadOnlyMemory<byte> Slice(int rowGroup, int column)
    {
        var (offset, length) = PlaceOf(rowGroup, column);
        return whole.Slice((int)offset, length);
    }

    (long Offset, int Length) PlaceOf(int rowGroup, int column)
    {
        ref readonly var chunk = ref RowGroups[rowGroup].Columns[column];
        if (chunk.CompressedBytes > Array.MaxLength) throw new ParquetFormatException(Name, chunk.Offset, $"a column chunk of at most {Array.MaxLength} bytes", $"{chunk.CompressedBytes}");
        return (chunk.Offset, (int)chunk.CompressedBytes);
    }

    static (long Offset, int Bytes) LocateFooter(string name, long fileLength, ReadOnlyMemory<byte> tail)
    {
        if (fileLength < FileLayout.MagicBytes + FileLayout.TailBytes) throw new ParquetFormatException(name, 0, $"a Parquet file of at least {FileLayout.MagicBytes + FileLayout.TailBytes} bytes", $"{fileLength}");
        var end = fileLength - FileLayout.TailBytes;
        if (!tail.Span[4..].SequenceEqual(FileLayout.Magic)) throw new ParquetFormatException(name, end + 4, "PAR1 at the end", Convert.ToHexString(tail.Span[4..]));
        var length = BinaryPrimitives.ReadUInt32LittleEndian(tail.Span);
        var most = Math.Min(FileLayout.MaxFooterBytes, end - FileLayout.MagicBytes);
        if (length == 0 || length > most) throw new ParquetFormatException(name, end, $"a footer of 1 to {most} bytes", $"{length}");
        return (end - length, (int)length);
    }

    static void CheckMagic(string name, ReadOnlySpan<byte> bytes)
    {
        if (!bytes.StartsWith(FileLayout.Magic)) throw new ParquetFormatException(name, 0, "PAR1 at the start", Convert.ToHexString(bytes[..FileLayout.MagicBytes]));
    }

    static ReadOnlyMemory<byte> Tail(ReadOnlyMemory<byte> bytes, int count) => bytes[^Math.Min(count, bytes.Length)..];
}
