using Cairn.Storage.Delta.Log;

namespace Cairn.Storage.Delta;

public sealed partial class DeltaTable
{
    /// <summary>Files of the log that one clean-up deletes at most, so that no commit waits long for it.</summary>
    const int MaxDeletesPerCleanUp = 200;

    /// <summary>Writes a checkpoint where enough commits have passed since the last one, and cleans up the log.</summary>
    async Task<DeltaSnapshot> CheckpointIfDueAsync(DeltaSnapshot snapshot, CancellationToken cancellationToken)
    {
        if (snapshot.Version - Math.Max(0, snapshot.CheckpointVersion) < options.CheckpointInterval) return snapshot;
        try
        {
            var written = await WriteCheckpointAsync(snapshot, cancellationToken);
            await CleanUpAsync(MaxDeletesPerCleanUp, cancellationToken);
            return written;
        }
        catch (StorageUnavailableException)
        {
            // The commit itself is safe; the next one writes the checkpoint instead.
            return snapshot;
        }
    }

    /// <summary>Writes the state of a version beside the log; harmless where it is there.</summary>
    async Task<DeltaSnapshot> WriteCheckpointAsync(DeltaSnapshot snapshot, CancellationToken cancellationToken)
    {
        var builder = new SnapshotBuilder(snapshot) { CheckpointVersion = snapshot.Version };
        builder.Forget(ForgottenBeforeMs);
        var kept = builder.Build(LogName.Entry(root, snapshot.Version), snapshot.SeenAtMs);
        var (bytes, rowCount) = Checkpoint.Write(kept);
        await blobs.PutAsync(LogName.Checkpoint(root, kept.Version), bytes, PutCondition.IfAbsent, cancellationToken);
        await PointAsync(kept, rowCount, bytes.Length, cancellationToken);
        return Remember(kept);
    }

    /// <summary>Moves the pointer forwards, never back: an older checkpoint may be cleaned up.</summary>
    async Task PointAsync(DeltaSnapshot kept, int rowCount, int bytes, CancellationToken cancellationToken)
    {
        var pointer = LogName.Pointer(root);
        var next = Checkpoint.WritePointer(kept.Version, rowCount, kept.Files.Count, bytes);
        while (true)
        {
            var current = await blobs.ReadAsync(pointer, cancellationToken);
            if (current is not null && Checkpoint.TryReadPointer(current.Bytes) >= kept.Version) return;
            var condition = current is null ? PutCondition.IfAbsent : PutCondition.IfVersion(current.ETag);
            if (await blobs.PutAsync(pointer, next, condition, cancellationToken) is not null) return;
        }
    }

    /// <summary>Deletes versions that were superseded longer ago than the retention, up to the newest checkpoint that old.</summary>
    /// <remarks>That checkpoint stays with all that follows, so every version of the retention can be read.</remarks>
    async Task CleanUpAsync(int maxDeletes, CancellationToken cancellationToken)
    {
        var before = clock.GetUtcNow() - options.Retention;
        var old = new List<(LogName Name, string Blob)>();
        await foreach (var entry in blobs.ListAsync(LogName.Folder(root) + "0", null, cancellationToken))
        {
            if (entry.LastModified > before || old.Count > maxDeletes + options.CheckpointInterval) break;
            if (LogName.TryParse(root, entry.Name, out var name)) old.Add((name, entry.Name));
        }
        var checkpoint = old.FindLastIndex(file => file.Name.IsCheckpoint);
        if (checkpoint < 0) return;
        foreach (var (name, blob) in old)
            if (name.Version < old[checkpoint].Name.Version) await blobs.DeleteAsync(blob, cancellationToken);
    }
}
