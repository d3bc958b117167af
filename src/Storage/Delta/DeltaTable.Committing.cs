using Cairn.Storage.Delta.Log;

namespace Cairn.Storage.Delta;

/// <remarks>
/// A version is a name, and only one blob can be put under it: that is all the locking there is. Whoever loses, or gets no clear answer, reads the log again
/// before it does anything else, and looks for its own id there.
/// </remarks>
public sealed partial class DeltaTable
{
    /// <summary>Changes the table.</summary>
    /// <param name="basis">The version that the change was made from.</param>
    /// <param name="commit">The change.</param>
    /// <returns>Whether it is in the table, and if not why; never unknown.</returns>
    /// <exception cref="StorageUnavailableException">The store is away, and whether the change landed is unknown: call again with the same <paramref name="commit"/>, as after a cancellation.</exception>
    /// <exception cref="ArgumentException">The change is no change of this table, or one of its files is older than <see cref="DeltaTableOptions.MaxFileAge"/>.</exception>
    public async Task<DeltaOutcome> CommitAsync(DeltaSnapshot basis, DeltaCommit commit, CancellationToken cancellationToken)
    {
        CommitCheck.Check(basis, commit);
        var current = basis;
        (long Version, StorageUnavailableException Fault)? unknown = null;
        for (var attempt = 1; ; attempt++)
        {
            var builder = new SnapshotBuilder(current);
            // What is known to be newer is looked at before anything is put.
            if (attempt > 1 || IsOutdated(current))
            {
                current = await AdvanceAsync(current, builder, cancellationToken);
                if (FindOwn(builder, basis, current, commit) is { } version) return new DeltaOutcome.Committed(current, version);
            }
            if (Refuse(basis, current, commit) is { } refusal) return refusal;
            if (attempt > options.MaxAttempts)
            {
                // A put that went astray may still arrive, for its version is free: nothing can be said of it.
                if (unknown is { } astray && current.Version < astray.Version) throw astray.Fault;
                return new DeltaOutcome.Conflict(current, DeltaConflict.Crowded, $"{options.MaxAttempts} attempts");
            }
            var (next, fault) = await TryPutAsync(current, commit, cancellationToken);
            if (next is not null) return new DeltaOutcome.Committed(await CheckpointIfDueAsync(Remember(next), cancellationToken), next.Version);
            if (fault is not null) unknown = (current.Version + 1, fault);
        }
    }

    /// <summary>Puts the next version. Neither a version nor a fault: another commit took it.</summary>
    async Task<(DeltaSnapshot? Next, StorageUnavailableException? Fault)> TryPutAsync(DeltaSnapshot current, DeltaCommit commit, CancellationToken cancellationToken)
    {
        var nowMs = NowMs;
        CommitCheck.CheckAges(current, commit, nowMs, options.MaxFileAge);
        var file = LogName.Entry(root, current.Version + 1);
        var bytes = LogEntry.Write(commit, null, current, nowMs);
        // What can't be read must not become the table's next version.
        var builder = new SnapshotBuilder(current);
        LogEntry.Read(file, bytes, builder);
        try
        {
            return await blobs.PutAsync(file, bytes, PutCondition.IfAbsent, cancellationToken) is null ? (null, null) : (builder.Build(file, nowMs), null);
        }
        catch (StorageUnavailableException fault)
        {
            // It may have landed: the log is read next, which throws where the store is still away.
            return (null, fault);
        }
    }

    /// <summary>Whether a newer version is known, or so much time has passed that the next one may have been made and cleaned up: its name would be free again.</summary>
    bool IsOutdated(DeltaSnapshot current) =>
        Volatile.Read(ref newest)?.Version > current.Version || NowMs - current.SeenAtMs > (options.Retention / 2).TotalMilliseconds;

    /// <summary>The version that this commit is in already; -1 where only its files tell; null where it is not.</summary>
    static long? FindOwn(SnapshotBuilder builder, DeltaSnapshot basis, DeltaSnapshot current, DeltaCommit commit)
    {
        if (builder.VersionOf(commit.Id) is { } version) return version;
        // Its version may be cleaned up by now. No file is ever added under a name twice, so its files are as good as its id.
        foreach (var add in commit.Adds)
            if (!basis.Files.ContainsKey(add.Path) && (current.Files.ContainsKey(add.Path) || current.Tombstones.ContainsKey(add.Path))) return -1;
        return null;
    }

    static DeltaOutcome? Refuse(DeltaSnapshot basis, DeltaSnapshot current, DeltaCommit commit)
    {
        foreach (var place in commit.Places)
            if (current.PlaceOf(place.AppId) != basis.PlaceOf(place.AppId)) return new DeltaOutcome.Superseded(current, place.AppId);
        foreach (var path in commit.Removes)
            if (!current.Files.ContainsKey(path)) return new DeltaOutcome.Conflict(current, DeltaConflict.FileGone, path);
        // The same metadata may be another object, read from a checkpoint; taking it for a change only costs the caller a second try.
        if (commit.Metadata is not null && !ReferenceEquals(current.Metadata, basis.Metadata)) return new DeltaOutcome.Conflict(current, DeltaConflict.MetadataMoved, "metaData");
        if (commit.NeedsBasisUnchanged && current.Version != basis.Version) return new DeltaOutcome.Conflict(current, DeltaConflict.TableMoved, $"version {current.Version}");
        return null;
    }
}
