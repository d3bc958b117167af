namespace Cairn.Storage;

/// <summary>
/// The blobs of one deployment: immutable or conditionally replaced byte arrays under names like
/// <c>recent/3f/events/…</c>. Implemented over Azure Blob Storage, a folder, and memory; one contract suite tests all.
/// </summary>
/// <remarks>
/// Names are 1 to 1,024 characters of [A-Za-z0-9._~=-] in parts of at most 255 separated by single slashes, no part "." or "..";
/// anything else is an <see cref="ArgumentException"/> (<see cref="BlobNames"/>). No name is a folder of another ("a" beside "a/b"), for
/// neither a file system nor Azure's hierarchical namespace holds both; and a name that is leased is used for nothing else, for Azure
/// refuses to write or delete a leased blob. Ranges count bytes from 0. Every method throws
/// <see cref="StorageUnavailableException"/> when the store can't be reached or answers with a fault of its own; whether a
/// write landed is then unknown.
/// </remarks>
public interface IBlobStore
{
    /// <summary>Writes a whole blob, atomically: a reader sees all of it or none.</summary>
    /// <returns>The new ETag, or null where <paramref name="condition"/> did not hold (then nothing changed).</returns>
    Task<string?> PutAsync(string name, ReadOnlyMemory<byte> content, PutCondition condition, CancellationToken cancellationToken);

    /// <summary>Begins a blob that is written piece by piece, for those that are too large to be held in memory. Nothing is there before it is ended.</summary>
    Task<IBlobDraft> BeginAsync(string name, CancellationToken cancellationToken);

    /// <summary>Reads a whole blob; null where there is none.</summary>
    Task<BlobContent?> ReadAsync(string name, CancellationToken cancellationToken);

    /// <summary>Size and ETag without the content; null where there is none.</summary>
    Task<BlobEntry?> FindAsync(string name, CancellationToken cancellationToken);

    /// <summary>Fills <paramref name="into"/> from <paramref name="offset"/>.</summary>
    /// <returns>The number of bytes read, less than asked for only at the blob's end; -1 where there is no such blob.</returns>
    ValueTask<int> ReadRangeAsync(string name, long offset, Memory<byte> into, CancellationToken cancellationToken);

    /// <summary>Every blob whose name begins with <paramref name="prefix"/>, in ordinal order of names.</summary>
    /// <param name="after">Leaves out names up to and including this one; null for all.</param>
    IAsyncEnumerable<BlobEntry> ListAsync(string prefix, string? after, CancellationToken cancellationToken);

    /// <summary>Deletes a blob; false where there was none.</summary>
    Task<bool> DeleteAsync(string name, CancellationToken cancellationToken);

    /// <summary>
    /// Takes the exclusive lease on a name (the blob is made, empty, where there is none); null while somebody else holds it.
    /// It ends by itself after <paramref name="duration"/> (15 to 60 s, Azure's own range) unless renewed.
    /// </summary>
    Task<IBlobLease?> TryLeaseAsync(string name, TimeSpan duration, CancellationToken cancellationToken);
}

/// <summary>A blob in the making; disposing of one that was not ended forgets what was written. Not thread-safe.</summary>
public interface IBlobDraft : IAsyncDisposable
{
    /// <summary>Most pieces of a blob: Azure's own number of blocks. Source: Microsoft Learn, "Put Block List".</summary>
    const int MaxPieces = 50_000;

    /// <summary>Writes the next piece; nothing is kept of the caller's memory.</summary>
    Task AppendAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellationToken);

    /// <summary>Gives the blob its name, atomically.</summary>
    /// <returns>Its ETag, or null where a blob of this name is there (then nothing changed).</returns>
    Task<string?> EndAsync(CancellationToken cancellationToken);
}

/// <summary>A held lease; disposing gives it back.</summary>
public interface IBlobLease : IAsyncDisposable
{
    /// <summary>Starts the duration anew; false where the lease was lost to somebody else.</summary>
    Task<bool> RenewAsync(CancellationToken cancellationToken);
}

/// <summary>What must hold for a put to happen.</summary>
/// <param name="IfNoneMatch">True: only where there is no such blob.</param>
/// <param name="IfMatch">Only where the blob's ETag is this one; null: whatever it is.</param>
public readonly record struct PutCondition(bool IfNoneMatch, string? IfMatch)
{
    /// <summary>Write whatever is there.</summary>
    public static PutCondition None => default;

    /// <summary>Write only where nothing is there.</summary>
    public static PutCondition IfAbsent => new(true, null);

    /// <summary>Write only over this version.</summary>
    public static PutCondition IfVersion(string etag) => new(false, etag);
}

/// <summary>A blob's bytes and version.</summary>
public sealed record BlobContent(ReadOnlyMemory<byte> Bytes, string ETag);

/// <summary>A blob's name, size in bytes, version and time of the last write.</summary>
public sealed record BlobEntry(string Name, long Length, string ETag, DateTimeOffset LastModified);
