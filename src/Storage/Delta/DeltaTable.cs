using System.Collections.Immutable;
using Cairn.Storage.Delta.Log;

namespace Cairn.Storage.Delta;

/// <summary>
/// One Delta table over blobs: its versions are read as immutable <see cref="DeltaSnapshot"/>s and changed by commits that are either whole or not there.
/// Knows the log protocol and nothing of what rows mean; data files are written and read by the caller. Bytes are described in docs/formats/delta.md.
/// </summary>
/// <remarks>
/// Protocol 2/5: column mapping by name, V1 checkpoints. Keep one object per table, for it caches the newest version it knows; safe for concurrent calls, and any number of
/// processes may commit at once. Source: delta-io/delta, PROTOCOL.md.
/// </remarks>
/// <param name="blobs">Where the table lies.</param>
/// <param name="root">The prefix of its names, such as <c>lake/3f/events</c>.</param>
/// <param name="clock">Time stamps, and how long things are kept.</param>
public sealed partial class DeltaTable(IBlobStore blobs, string root, TimeProvider clock, DeltaTableOptions? options = null)
{
    readonly DeltaTableOptions options = options ?? DeltaTableOptions.Default;
    DeltaSnapshot? newest;

    /// <summary>The prefix of its names, without a slash at its end.</summary>
    public string Root => root;

    /// <summary>Makes the table where there is none, and gives its newest version.</summary>
    /// <param name="schema">What a new table begins with; one that is there keeps its own.</param>
    /// <param name="partitionColumns">Logical names of the columns that each data file has one value of.</param>
    /// <param name="configuration">Properties of the table; those of column mapping and of retention are ours.</param>
    public async Task<DeltaSnapshot> CreateAsync(
        DeltaSchema schema,
        IReadOnlyList<string> partitionColumns,
        CancellationToken cancellationToken,
        IReadOnlyDictionary<string, string>? configuration = null)
    {
        if (await ReadAsync(cancellationToken) is { } present) return present;
        foreach (var name in partitionColumns)
            if (schema.Find(name) is null) throw new ArgumentException($"no column '{name}' to partition by", nameof(partitionColumns));
        var metadata = new DeltaMetadata(
            Guid.NewGuid().ToString("D"),
            schema,
            [.. partitionColumns],
            ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, configuration ?? ImmutableDictionary<string, string>.Empty).SetItems(RetentionProperties()),
            NowMs);
        var first = LogEntry.Write(new DeltaCommit { Operation = "CREATE TABLE", Metadata = metadata }, DeltaProtocol.Ours, null, NowMs);
        LogEntry.Read(LogName.Entry(root, 0), first, new SnapshotBuilder(root));
        try
        {
            await blobs.PutAsync(LogName.Entry(root, 0), first, PutCondition.IfAbsent, cancellationToken);
        }
        catch (StorageUnavailableException)
        {
            // It may have landed; what is there now tells, and where nothing is, the caller learns that the store is away.
            if (await ReadAsync(cancellationToken) is { } landed) return landed;
            throw;
        }
        return await ReadAsync(cancellationToken) ?? throw new DeltaFormatException(LogName.Entry(root, 0), 0, "the table was made, and its first version is gone");
    }

    long NowMs => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>How long other engines keep what they would clean up.</summary>
    IEnumerable<KeyValuePair<string, string>> RetentionProperties()
    {
        var interval = $"interval {Math.Max(1, (long)Math.Ceiling(options.Retention.TotalHours))} hours";
        return [new("delta.logRetentionDuration", interval), new("delta.deletedFileRetentionDuration", interval)];
    }

    /// <summary>Keeps a version for the next reader, unless a newer one is kept.</summary>
    DeltaSnapshot Remember(DeltaSnapshot snapshot)
    {
        while (true)
        {
            var known = Volatile.Read(ref newest);
            if (known is not null && known.Version > snapshot.Version) return snapshot;
            if (Interlocked.CompareExchange(ref newest, snapshot, known) == known) return snapshot;
        }
    }
}
