namespace Cairn.Storage.Parquet;

/// <summary>How a file is written; the defaults suit event files.</summary>
public sealed record ParquetWriterOptions
{
    public static ParquetWriterOptions Default { get; } = new();

    /// <summary>Most rows of one row group; a larger one is the caller's fault. Small ones let a reader (and an erasure) touch little.</summary>
    public int MaxRowsPerRowGroup { get; init; } = 1 << 20;

    /// <summary>Whether pages are compressed with Snappy where that makes them smaller.</summary>
    public bool Compresses { get; init; } = true;

    /// <summary>Notes kept in the footer; keys beginning with "cairn." are ours.</summary>
    public IReadOnlyDictionary<string, string> KeyValues { get; init; } = new Dictionary<string, string>();
}
