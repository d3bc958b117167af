using System.Globalization;
using System.Runtime.CompilerServices;
using Cairn.Disk.Blobs;
using Cairn.Storage;

namespace Cairn.Support.Stores;

/// <summary>Blobs in a sorted dictionary, under one lock: the plainest store that keeps the port's contract.</summary>
public sealed class InMemoryBlobStore(TimeProvider? clock = null) : IBlobStore
{
    readonly TimeProvider _clock = clock ?? TimeProvider.System;
    readonly Lock _lock = new();
    readonly SortedDictionary<string, (BlobEntry Entry, byte[] Bytes)> _blobs = new(StringComparer.Ordinal);
    readonly BlobLeases _leases = new();
    long _lastETag;

    /// <summary>Names of all blobs, in order.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            lock (_lock) return [.. _blobs.Keys];
        }
    }

    public Task<string?> PutAsync(string name, ReadOnlyMemory<byte> content, PutCondition condition, CancellationToken cancellationToken)
    {
        BlobNames.Check(name);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            var current = _blobs.TryGetValue(name, out var found) ? found.Entry.ETag : null;
            if (condition.IfNoneMatch && current is not null) return Task.FromResult<string?>(null);
            if (condition.IfMatch is not null && condition.IfMatch != current) return Task.FromResult<string?>(null);
            var etag = (++_lastETag).ToString("x", CultureInfo.InvariantCulture);
            _blobs[name] = (new BlobEntry(name, content.Length, etag, _clock.GetUtcNow()), content.ToArray());
            return Task.FromResult<string?>(etag);
        }
    }

    public Task<IBlobDraft> BeginAsync(string name, CancellationToken cancellationToken)
    {
        BlobNames.Check(name);
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult<IBlobDraft>(new Draft(this, name));
    }

    public Task<BlobContent?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        BlobNames.Check(name);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock) return Task.FromResult(_blobs.TryGetValue(name, out var blob) ? new BlobContent(blob.Bytes.ToArray(), blob.Entry.ETag) : null);
    }

    public Task<BlobEntry?> FindAsync(string name, CancellationToken cancellationToken)
    {
        BlobNames.Check(name);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock) return Task.FromResult(_blobs.TryGetValue(name, out var blob) ? blob.Entry : null);
    }

    public ValueTask<int> ReadRangeAsync(string name, long offset, Memory<byte> into, CancellationToken cancellationToken)
    {
        BlobNames.Check(name);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (!_blobs.TryGetValue(name, out var blob)) return ValueTask.FromResult(-1);
            var count = (int)Math.Clamp(blob.Bytes.Length - offset, 0, into.Length);
            if (count > 0) blob.Bytes.AsMemory((int)offset, count).CopyTo(into);
            return ValueTask.FromResult(count);
        }
    }

    public async IAsyncEnumerable<BlobEntry> ListAsync(string prefix, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        BlobNames.CheckPrefix(prefix);
        List<BlobEntry> entries;
        lock (_lock)
        {
            entries = [.. _blobs.Values.Select(blob => blob.Entry)
                .Where(entry => entry.Name.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(entry.Name, after) > 0)];
        }
        foreach (var entry in entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
            yield return entry;
        }
    }

    public Task<bool> DeleteAsync(string name, CancellationToken cancellationToken)
    {
        BlobNames.Check(name);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock) return Task.FromResult(_blobs.Remove(name));
    }

    public async Task<IBlobLease?> TryLeaseAsync(string name, TimeSpan duration, CancellationToken cancellationToken)
    {
        LeaseDuration.Check(duration);
        await PutAsync(name, ReadOnlyMemory<byte>.Empty, PutCondition.IfAbsent, cancellationToken);
        return _leases.TryTake(name, duration, _clock);
    }

    sealed class Draft(InMemoryBlobStore store, string name) : IBlobDraft
    {
        readonly MemoryStream pieces = new();

        public Task AppendAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellationToken) => pieces.WriteAsync(piece, cancellationToken).AsTask();

        public Task<string?> EndAsync(CancellationToken cancellationToken) => store.PutAsync(name, pieces.ToArray(), PutCondition.IfAbsent, cancellationToken);

        public ValueTask DisposeAsync() => pieces.DisposeAsync();
    }
}
