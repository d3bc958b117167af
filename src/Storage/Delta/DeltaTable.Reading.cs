using System.Runtime.InteropServices;
using Cairn.Storage.Delta.Log;

namespace Cairn.Storage.Delta;

/// <remarks>
/// The first read takes the pointer, one listing, one checkpoint and at most <see cref="DeltaTableOptions.CheckpointInterval"/> versions; every later one takes a listing
/// of what is newer and those versions. Neither depends on how many commits a table has had.
/// </remarks>
public sealed partial class DeltaTable
{
    /// <summary>Versions read side by side.</summary>
    const int ReadsAtOnce = 16;

    /// <summary>How often a state is begun anew where a clean-up was faster than the reader.</summary>
    const int MaxLoads = 3;

    /// <summary>The newest version; null where the table was never made.</summary>
    /// <exception cref="DeltaFormatException">A file of the log is lost, torn or altered, or asks for what we do not read.</exception>
    public async Task<DeltaSnapshot?> ReadAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref newest) is not { } known) return await LoadAsync(cancellationToken) is { } loaded ? Remember(loaded) : null;
        var builder = new SnapshotBuilder(known);
        return await AdvanceAsync(known, builder, cancellationToken);
    }

    /// <summary>Brings a version up to date.</summary>
    /// <param name="builder">Made from <paramref name="known"/>; afterwards it knows the commits in between, where none of them was cleaned up.</param>
    async Task<DeltaSnapshot> AdvanceAsync(DeltaSnapshot known, SnapshotBuilder builder, CancellationToken cancellationToken)
    {
        var seenAtMs = NowMs;
        var listing = await ListAsync(known.Version, cancellationToken);
        if (listing.LastVersion < known.Version) throw Lost(known.Version, $"it was read before, and the newest version is now {listing.LastVersion}");
        if (listing.LastVersion == known.Version && listing.Checkpoint <= known.CheckpointVersion) return Remember(known with { SeenAtMs = seenAtMs });
        if (!await ReplayAsync(builder, listing.LastVersion, cancellationToken))
        {
            // The versions in between were cleaned up: a checkpoint has them.
            return Remember(await LoadAsync(cancellationToken) ?? throw Lost(known.Version, "the whole log is gone"));
        }
        if (listing.Checkpoint > builder.CheckpointVersion)
        {
            builder.CheckpointVersion = listing.Checkpoint;
            builder.Forget(ForgottenBeforeMs);
        }
        return Remember(builder.Build(LogName.Entry(root, builder.Version), seenAtMs));
    }

    async Task<DeltaSnapshot?> LoadAsync(CancellationToken cancellationToken)
    {
        for (var load = 1; ; load++)
        {
            var builder = new SnapshotBuilder(root);
            var seenAtMs = NowMs;
            var listing = await ListFromCheckpointAsync(cancellationToken);
            if (listing.LastVersion < 0 && listing.Checkpoint < 0) return null;
            var missing = listing.Checkpoint >= 0 && !await ReadCheckpointAsync(builder, listing.Checkpoint, cancellationToken)
                ? LogName.Checkpoint(root, listing.Checkpoint)
                : null;
            // A checkpoint is written after its version and cleaned up with it.
            if (listing.LastVersion < listing.Checkpoint) missing ??= LogName.Entry(root, listing.Checkpoint);
            if (missing is null && !await ReplayAsync(builder, listing.LastVersion, cancellationToken)) missing = LogName.Entry(root, builder.Version + 1);
            if (missing is null) return builder.Build(LogName.Entry(root, builder.Version), seenAtMs);
            if (load == MaxLoads) throw new DeltaFormatException(missing, 0, $"the file is lost; the newest version is {listing.LastVersion}");
        }
    }

    /// <summary>Where to begin, and up to where it goes.</summary>
    async Task<LogListing> ListFromCheckpointAsync(CancellationToken cancellationToken)
    {
        if (await blobs.ReadAsync(LogName.Pointer(root), cancellationToken) is { } found && Checkpoint.TryReadPointer(found.Bytes) is { } version)
        {
            var listing = await ListAsync(version, cancellationToken);
            if (listing.Checkpoint >= 0) return listing;
        }
        return await ListAsync(0, cancellationToken);
    }

    async Task<LogListing> ListAsync(long fromVersion, CancellationToken cancellationToken)
    {
        var listing = new LogListing(-1, -1);
        await foreach (var entry in blobs.ListAsync(LogName.Folder(root) + "0", LogName.Before(root, fromVersion), cancellationToken))
        {
            if (!LogName.TryParse(root, entry.Name, out var name)) continue;
            listing = name.IsCheckpoint ? listing with { Checkpoint = name.Version } : listing with { LastVersion = name.Version };
        }
        return listing;
    }

    async Task<bool> ReadCheckpointAsync(SnapshotBuilder builder, long version, CancellationToken cancellationToken)
    {
        var file = LogName.Checkpoint(root, version);
        if (await blobs.ReadAsync(file, cancellationToken) is not { } content) return false;
        await Checkpoint.ReadAsync(file, content.Bytes, version, builder, cancellationToken);
        return true;
    }

    /// <summary>Adds the versions up to <paramref name="last"/>; false at the first that is not there.</summary>
    async Task<bool> ReplayAsync(SnapshotBuilder builder, long last, CancellationToken cancellationToken)
    {
        while (builder.Version < last)
        {
            var files = Enumerable.Range(1, (int)Math.Min(ReadsAtOnce, last - builder.Version)).Select(step => LogName.Entry(root, builder.Version + step)).ToArray();
            var contents = await Task.WhenAll(files.Select(file => blobs.ReadAsync(file, cancellationToken)));
            for (var i = 0; i < files.Length; i++)
            {
                if (contents[i] is not { } content) return false;
                LogEntry.Read(files[i], content.Bytes, builder);
            }
        }
        return true;
    }

    DeltaFormatException Lost(long version, string detail) => new(LogName.Entry(root, version), 0, $"the file is lost: {detail}");

    long ForgottenBeforeMs => NowMs - (long)options.Retention.TotalMilliseconds;

    /// <summary>What a listing of the log showed; -1 for none.</summary>
    [StructLayout(LayoutKind.Auto)]
    readonly record struct LogListing(long LastVersion, long Checkpoint);
}
