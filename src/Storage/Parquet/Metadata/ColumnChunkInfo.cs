namespace Cairn.Storage.Parquet;

/// <summary>Where one column of one row group lies, and what is known of it without reading it.</summary>
public readonly record struct ColumnChunkInfo
{
    public ParquetCodec Codec { get; init; }

    /// <summary>Bit n stands for the <see cref="ParquetEncoding"/> numbered n, of levels and dictionary pages too.</summary>
    public uint Encodings { get; init; }

    /// <summary>Values and nulls; for a flat column the row group's rows.</summary>
    public long ValueCount { get; init; }

    /// <summary>Bytes of its pages with their headers, before compression.</summary>
    public long UncompressedBytes { get; init; }

    /// <summary>Bytes of its pages with their headers in the file.</summary>
    public long CompressedBytes { get; init; }

    /// <summary>Where the first data page's header stands.</summary>
    public long DataPageOffset { get; init; }

    /// <summary>Where the dictionary page's header stands; 0 where there is none.</summary>
    public long DictionaryPageOffset { get; init; }

    /// <summary>-1 where the writer did not say.</summary>
    public long NullCount { get; init; }

    /// <summary>Whether <see cref="Min"/> and <see cref="Max"/> are known; only for Int32, Int64 and Double.</summary>
    public bool HasRange { get; init; }

    /// <summary>No value is smaller. A double as its bits.</summary>
    public long Min { get; init; }

    /// <summary>No value is larger. A double as its bits.</summary>
    public long Max { get; init; }

    /// <summary>CRC-32 of all its bytes; null in files of other writers.</summary>
    public uint? Checksum { get; init; }

    /// <summary>Where its bytes begin in the file.</summary>
    public long Offset => DictionaryPageOffset > 0 && DictionaryPageOffset < DataPageOffset ? DictionaryPageOffset : DataPageOffset;

    /// <summary>Whether any page may be encoded so.</summary>
    public bool Uses(ParquetEncoding encoding) => (Encodings >> (int)encoding & 1) != 0;
}

/// <summary>Consecutive rows of a file, stored column by column.</summary>
public sealed class RowGroupInfo
{
    readonly ColumnChunkInfo[] columns;

    internal RowGroupInfo(long rowCount, ColumnChunkInfo[] columns)
    {
        RowCount = checked((int)rowCount);
        this.columns = columns;
    }

    public int RowCount { get; }

    /// <summary>A chunk for every column of the schema.</summary>
    public ReadOnlySpan<ColumnChunkInfo> Columns => columns;
}
