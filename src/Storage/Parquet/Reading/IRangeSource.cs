namespace Cairn.Storage.Parquet;

/// <summary>A file that is read range by range: a blob, a local file, or bytes in memory. Its content never changes. Safe for concurrent reads.</summary>
public interface IRangeSource
{
    /// <summary>Its name, for messages.</summary>
    string Name { get; }

    /// <summary>Bytes of the whole file.</summary>
    long Length { get; }

    /// <summary>Fills <paramref name="into"/> whole from <paramref name="offset"/>, which the caller keeps within <see cref="Length"/>.</summary>
    /// <exception cref="ParquetFormatException">The file is shorter than <see cref="Length"/>.</exception>
    /// <exception cref="FileNotFoundException">It is gone.</exception>
    ValueTask ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken);
}

/// <summary>A file whose bytes are all in memory; chunks are decoded where they stand.</summary>
public sealed class MemorySource(string name, ReadOnlyMemory<byte> bytes) : IRangeSource
{
    public string Name => name;

    public long Length => bytes.Length;

    public ReadOnlyMemory<byte> Bytes => bytes;

    public ValueTask ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken)
    {
        bytes.Slice(checked((int)offset), into.Length).CopyTo(into);
        return ValueTask.CompletedTask;
    }
}

/// <summary>A blob.</summary>
/// <param name="length">Its size as the store listed it.</param>
public sealed class BlobSource(IBlobStore blobs, string name, long length) : IRangeSource
{
    public string Name => name;

    public long Length => length;

    public async ValueTask ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken)
    {
        var read = await blobs.ReadRangeAsync(name, offset, into, cancellationToken);
        if (read < 0) throw new FileNotFoundException($"{name} is gone", name);
        if (read != into.Length) throw new ParquetFormatException(name, offset, $"{into.Length} bytes", $"{read}");
    }
}
