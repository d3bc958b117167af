using Cairn.Storage;

namespace Cairn.Disk.Blobs;

/// <summary>Blobs as files: a blob's name is its path below the folder, its bytes are the file's, so any other program can read them too.</summary>
/// <remarks>
/// A put writes and flushes a file under <c>,tmp/</c> (a comma is in no blob's name), then gives it its name in one step and flushes the folder: after a power
/// cut the old blob is there or the new one, never a part. The ETag is the time of last write, which this store makes grow with every put, and the
/// length. Conditions and leases hold between all stores of one process on one folder; <see cref="DataFolderLock"/> keeps other processes out.
/// </remarks>
public sealed class DiskBlobStore : IBlobStore
{
    const string UnfinishedFolder = ",tmp";

    readonly string _root;
    readonly IFileLayer _files;
    readonly TimeProvider _clock;
    readonly SharedFolder _shared;
    readonly DurableFolders _folders;

    /// <param name="folder">Where the blobs lie; made when missing.</param>
    /// <param name="files">Makes the changes; <see cref="FileLayer.Real"/> outside fault tests.</param>
    public DiskBlobStore(string folder, IFileLayer files, TimeProvider clock)
    {
        _root = Path.GetFullPath(folder);
        _files = files;
        _clock = clock;
        _shared = SharedFolder.Of(_root);
        _folders = new DurableFolders(files);
        Directory.CreateDirectory(_root);
    }

    /// <summary>Removes what puts left behind when the process died. Only while no other process writes here.</summary>
    public void ForgetUnfinishedPuts()
    {
        var folder = Path.Combine(_root, UnfinishedFolder);
        if (!Directory.Exists(folder)) return;
        foreach (var path in Directory.EnumerateFiles(folder)) _files.Delete(path);
    }

    public Task<string?> PutAsync(string name, ReadOnlyMemory<byte> content, PutCondition condition, CancellationToken cancellationToken)
    {
        BlobNames.Check(name);
        // On a pool thread, so that a caller who starts several puts waits for the disk once.
        return Task.Run(() => Faults.Translate(name, () => Put(name, content.Span, condition)), cancellationToken);
    }

    public Task<IBlobDraft> BeginAsync(string name, CancellationToken cancellationToken)
    {
        BlobNames.Check(name);
        return Task.Run(() => Faults.Translate<IBlobDraft>(name, () => new Draft(this, name, NewUnfinished())), cancellationToken);
    }

    public Task<BlobContent?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        BlobNames.Check(name);
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(Faults.Translate(name, () =>
        {
            using var file = OpenFile.TryOpen(PathOf(name));
            if (file is null) return null;
            var bytes = new byte[file.Length];
            var count = file.Read(0, bytes);
            if (count != bytes.Length) throw new IOException($"'{name}' ends at {count}, expected {bytes.Length} bytes.");
            return new BlobContent(bytes, file.Version.ETag);
        }));
    }

    public Task<BlobEntry?> FindAsync(string name, CancellationToken cancellationToken)
    {
        BlobNames.Check(name);
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(Faults.Translate(name, () => FileVersion.Of(PathOf(name))?.ToEntry(name)));
    }

    public ValueTask<int> ReadRangeAsync(string name, long offset, Memory<byte> into, CancellationToken cancellationToken)
    {
        BlobNames.Check(name);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Faults.Translate(name, () =>
        {
            using var file = OpenFile.TryOpen(PathOf(name));
            return file is null ? -1 : file.Read(offset, into.Span);
        }));
    }

    public IAsyncEnumerable<BlobEntry> ListAsync(string prefix, string? after, CancellationToken cancellationToken)
    {
        BlobNames.CheckPrefix(prefix);
        return new BlobListing(_root, prefix, after ?? "").WalkAsync(cancellationToken);
    }

    public Task<bool> DeleteAsync(string name, CancellationToken cancellationToken)
    {
        BlobNames.Check(name);
        return Task.Run(() => Faults.Translate(name, () => Delete(name)), cancellationToken);
    }

    public async Task<IBlobLease?> TryLeaseAsync(string name, TimeSpan duration, CancellationToken cancellationToken)
    {
        LeaseDuration.Check(duration);
        await PutAsync(name, ReadOnlyMemory<byte>.Empty, PutCondition.IfAbsent, cancellationToken);
        return _shared.Leases.TryTake(name, duration, _clock);
    }

    string? Put(string name, ReadOnlySpan<byte> content, PutCondition condition)
    {
        RefuseFolder(name, PathOf(name));
        lock (_shared.LockOf(name))
        {
            var current = FileVersion.Of(PathOf(name));
            if (condition.IfMatch is { } etag && current?.ETag != etag) return null;
            if (condition.IfNoneMatch && current is not null) return Lost(PathOf(name));
            var unfinished = NewUnfinished();
            try
            {
                _files.WriteNewFile(unfinished, content, _shared.NextStamp(_clock.GetUtcNow().UtcDateTime, current?.LastWriteUtc));
                return Name(unfinished, name, condition.IfNoneMatch);
            }
            catch
            {
                _folders.Forget();
                throw;
            }
            finally
            {
                _files.Delete(unfinished);
            }
        }
    }

    /// <summary>Gives a file its name once all of it was appended; null where the name is taken.</summary>
    string? Finish(string unfinished, string name)
    {
        RefuseFolder(name, PathOf(name));
        lock (_shared.LockOf(name))
        {
            try
            {
                if (FileVersion.Of(PathOf(name)) is not null) return Lost(PathOf(name));
                _files.FinishFile(unfinished, _shared.NextStamp(_clock.GetUtcNow().UtcDateTime, null));
                return Name(unfinished, name, isNew: true);
            }
            catch
            {
                _folders.Forget();
                throw;
            }
        }
    }

    string NewUnfinished()
    {
        var unfinished = Path.Combine(_root, UnfinishedFolder, Guid.NewGuid().ToString("N"));
        _folders.Ensure(Path.GetDirectoryName(unfinished)!, _root);
        return unfinished;
    }

    string? Name(string unfinished, string name, bool isNew)
    {
        var path = PathOf(name);
        var version = FileVersion.Of(unfinished) ?? throw new IOException($"'{unfinished}' vanished after it was written.");
        _folders.Ensure(Path.GetDirectoryName(path)!, _root);
        if (!isNew) _files.Replace(unfinished, path);
        else if (!_files.TryLink(unfinished, path)) return Lost(path);
        _files.FlushFolder(Path.GetDirectoryName(path)!);
        return version.ETag;
    }

    /// <summary>
    /// Whoever loses may act on what it finds (a commit of its own whose flush failed), so that is made durable before it hears so.
    /// </summary>
    string? Lost(string path)
    {
        _files.FlushFolder(Path.GetDirectoryName(path)!);
        return null;
    }

    bool Delete(string name)
    {
        var path = PathOf(name);
        lock (_shared.LockOf(name))
        {
            if (FileVersion.Of(path) is null) return false;
            _files.Delete(path);
            _files.FlushFolder(Path.GetDirectoryName(path)!);
            return true;
        }
    }

    void RefuseFolder(string name, string path)
    {
        if (Directory.Exists(path)) throw new ArgumentException($"'{name}' is a folder of other blobs and can't be a blob too.", nameof(name));
        for (var end = name.LastIndexOf('/'); end > 0; end = name.LastIndexOf('/', end - 1))
        {
            if (File.Exists(PathOf(name[..end])))
                throw new ArgumentException($"'{name[..end]}' is a blob, so '{name}' can't be one too.", nameof(name));
        }
    }

    string PathOf(string name) => Path.Combine(_root, name.Replace('/', Path.DirectorySeparatorChar));

    sealed class Draft(DiskBlobStore store, string name, string unfinished) : IBlobDraft
    {
        bool isWritten;

        public Task AppendAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellationToken) => Task.Run(() => Faults.Translate(name, () =>
        {
            isWritten = true;
            store._files.AppendToFile(unfinished, piece.Span);
            return 0;
        }), cancellationToken);

        public async Task<string?> EndAsync(CancellationToken cancellationToken)
        {
            if (!isWritten) await AppendAsync(ReadOnlyMemory<byte>.Empty, cancellationToken);
            return await Task.Run(() => Faults.Translate(name, () => store.Finish(unfinished, name)), cancellationToken);
        }

        /// <remarks>A named file has its name still; where even this fails, the next start removes what is left.</remarks>
        public ValueTask DisposeAsync()
        {
            try
            {
                if (isWritten) store._files.Delete(unfinished);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                // ForgetUnfinishedPuts finds it.
            }
            return ValueTask.CompletedTask;
        }
    }
}
