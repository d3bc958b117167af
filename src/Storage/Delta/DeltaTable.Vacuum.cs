using Cairn.Storage.Delta.Log;

namespace Cairn.Storage.Delta;

public sealed partial class DeltaTable
{
    /// <summary>
    /// Deletes data files that no version needs which is still in the log, after the log was cleaned up: those removed longer ago than
    /// <see cref="DeltaTableOptions.Retention"/>, and those that old which no commit ever added.
    /// </summary>
    /// <returns>Names of the deleted blobs.</returns>
    /// <remarks>Reads the whole kept log, so it costs a read for each commit of the retention: meant for once a day or an hour.</remarks>
    public async Task<IReadOnlyList<string>> VacuumAsync(CancellationToken cancellationToken)
    {
        await CleanUpAsync(int.MaxValue - options.CheckpointInterval, cancellationToken);
        // Files first, the log after: a file that a commit adds in between is seen in the log.
        var before = clock.GetUtcNow() - options.Retention;
        var old = new List<string>();
        await foreach (var entry in blobs.ListAsync($"{root}/", null, cancellationToken))
        {
            if (entry.LastModified <= before && !IsHidden(entry.Name)) old.Add(entry.Name);
        }
        var needed = await ReadNeededAsync(cancellationToken);
        if (needed is null) return [];
        old.RemoveAll(name => needed.Contains(name[(root.Length + 1)..]));
        foreach (var name in old) await blobs.DeleteAsync(name, cancellationToken);
        return old;
    }

    /// <summary>Paths that any version in the log needs; null where there is no table.</summary>
    async Task<HashSet<string>?> ReadNeededAsync(CancellationToken cancellationToken)
    {
        for (var load = 1; ; load++)
        {
            // A clean-up that was killed leaves versions that begin nowhere: what can be read begins with version 0 or a checkpoint.
            long first = -1, checkpoint = -1, last = -1;
            await foreach (var entry in blobs.ListAsync(LogName.Folder(root) + "0", null, cancellationToken))
            {
                if (!LogName.TryParse(root, entry.Name, out var name)) continue;
                if (first < 0) first = name.Version;
                if (!name.IsCheckpoint) last = name.Version;
                else if (checkpoint < 0) checkpoint = name.Version;
            }
            if (first < 0) return null;
            var builder = new SnapshotBuilder(root) { EverAdded = new HashSet<string>(StringComparer.Ordinal) };
            var isWhole = first == 0 || (checkpoint >= 0 && await ReadCheckpointAsync(builder, checkpoint, cancellationToken));
            if (isWhole && await ReplayAsync(builder, last, cancellationToken)) return builder.EverAdded;
            if (load == MaxLoads) throw Lost(builder.Version + 1, $"the log begins with version {first} and ends with {last}");
        }
    }

    /// <summary>Whether engines leave a file out of the table: the log, and what others keep beside it.</summary>
    bool IsHidden(string name) => name[root.Length + 1] is '_' or '.';
}
