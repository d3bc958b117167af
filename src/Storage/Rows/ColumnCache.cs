namespace Cairn.Storage.Rows;

/// <summary>
/// What was decoded from immutable files, by (file, part), up to a budget of bytes; the longest unused goes first. Never stale, for files never
/// change. Thread-safe; a part that several ask for at once is decoded once.
/// </summary>
public sealed class ColumnCache(long budgetBytes)
{
    readonly Lock gate = new();
    readonly Dictionary<(string File, string Part), LinkedListNode<Entry>> entries = [];

    /// <summary>The first was used last.</summary>
    readonly LinkedList<Entry> byUse = [];
    long bytes;
    long hits;
    long misses;

    /// <summary>Bytes that it may hold.</summary>
    public long BudgetBytes => budgetBytes;

    /// <summary>Bytes held now, at most the budget.</summary>
    public long Bytes => Interlocked.Read(ref bytes);

    /// <summary>How often a part was there, and how often it was not.</summary>
    public (long Hits, long Misses) Uses => (Interlocked.Read(ref hits), Interlocked.Read(ref misses));

    /// <summary>A part from the cache, or made now and kept where it fits.</summary>
    /// <param name="make">Makes the part and says how many bytes of memory it holds. Must not end with the first asker's patience: it serves all who wait.</param>
    public async ValueTask<T> GetAsync<T>(string file, string part, Func<Task<(T Part, long Bytes)>> make, CancellationToken cancellationToken) where T : class?
    {
        Task<(object? Part, long Bytes)> making;
        lock (gate)
        {
            if (entries.TryGetValue((file, part), out var node))
            {
                hits++;
                CacheUse.Note(wasThere: true);
                byUse.Remove(node);
                byUse.AddFirst(node);
                making = node.Value.Making;
            }
            else
            {
                misses++;
                CacheUse.Note(wasThere: false);
                node = new(new(file, part));
                entries.Add((file, part), node);
                byUse.AddFirst(node);
                making = node.Value.Making = MakeAsync(node, make);
            }
        }
        return (T)(await making.WaitAsync(cancellationToken)).Part!;
    }

    /// <summary>A part from the cache, or made now for this asker alone: of what hardly anybody will ask for again.</summary>
    public async ValueTask<T> GetOnceAsync<T>(string file, string part, Func<Task<T>> make, CancellationToken cancellationToken) where T : class?
    {
        Task<(object? Part, long Bytes)>? making;
        lock (gate)
        {
            making = entries.TryGetValue((file, part), out var node) ? node.Value.Making : null;
            if (making is null) misses++;
            else hits++;
            CacheUse.Note(making is not null);
        }
        return making is null ? await make() : (T)(await making.WaitAsync(cancellationToken)).Part!;
    }

    /// <summary>Forgets all parts of files that are gone.</summary>
    public void Forget(IReadOnlySet<string> files)
    {
        if (files.Count == 0) return;
        lock (gate)
            foreach (var node in entries.Values.Where(node => files.Contains(node.Value.File)).ToList()) Remove(node);
    }

    async Task<(object? Part, long Bytes)> MakeAsync<T>(LinkedListNode<Entry> node, Func<Task<(T Part, long Bytes)>> make)
    {
        try
        {
            // Off the caller's lock.
            await Task.Yield();
            var (part, size) = await make();
            lock (gate)
            {
                if (node.List is null) return (part, size);
                node.Value.Bytes = size;
                bytes += size;
                while (bytes > budgetBytes && byUse.Last is { } oldest) Remove(oldest);
            }
            return (part, size);
        }
        catch
        {
            // The next one to ask tries again.
            lock (gate) Remove(node);
            throw;
        }
    }

    void Remove(LinkedListNode<Entry> node)
    {
        if (node.List is null) return;
        byUse.Remove(node);
        entries.Remove((node.Value.File, node.Value.Part));
        bytes -= node.Value.Bytes;
    }

    sealed class Entry(string file, string part)
    {
        public string File => file;
        public string Part => part;
        public long Bytes { get; set; }
        public Task<(object? Part, long Bytes)> Making { get; set; } = null!;
    }
}
