using System.Collections.Immutable;

namespace Cairn.Storage.Delta.Log;

/// <summary>A table's state while actions are added to it, version by version.</summary>
sealed class SnapshotBuilder
{
    readonly string root;
    readonly ImmutableDictionary<string, DeltaFile>.Builder files;
    readonly ImmutableDictionary<string, DeltaTombstone>.Builder tombstones;
    readonly ImmutableDictionary<string, DeltaTransaction>.Builder places;
    readonly Dictionary<string, long> commits = new(StringComparer.Ordinal);
    DeltaProtocol? protocol;
    DeltaMetadata? metadata;
    bool hasMetadataInVersion;

    /// <summary>From nothing: before version 0, or before a checkpoint's rows.</summary>
    public SnapshotBuilder(string root)
    {
        this.root = root;
        files = ImmutableDictionary.CreateBuilder<string, DeltaFile>(StringComparer.Ordinal);
        tombstones = ImmutableDictionary.CreateBuilder<string, DeltaTombstone>(StringComparer.Ordinal);
        places = ImmutableDictionary.CreateBuilder<string, DeltaTransaction>(StringComparer.Ordinal);
        CheckpointVersion = -1;
        Version = -1;
    }

    public SnapshotBuilder(DeltaSnapshot basis)
    {
        root = basis.Root;
        files = basis.Files.ToBuilder();
        tombstones = basis.Tombstones.ToBuilder();
        places = basis.Places.ToBuilder();
        protocol = basis.Protocol;
        metadata = basis.Metadata;
        CheckpointVersion = basis.CheckpointVersion;
        Version = basis.Version;
    }

    /// <summary>The last version that was begun.</summary>
    public long Version { get; private set; }

    public long CheckpointVersion { get; set; }

    /// <summary>Every file that was added, active or not; only where a caller asks for it.</summary>
    public HashSet<string>? EverAdded { get; init; }

    /// <summary>The version that a commit made, of those added to this builder; null where none has this id.</summary>
    public long? VersionOf(string commitId) => commits.TryGetValue(commitId, out var version) ? version : null;

    public void BeginVersion()
    {
        Version++;
        hasMetadataInVersion = false;
    }

    public void BeginCheckpoint(long version)
    {
        Version = version;
        CheckpointVersion = version;
        hasMetadataInVersion = false;
    }

    public void Add(DeltaFile file)
    {
        files[file.Path] = file;
        tombstones.Remove(file.Path);
        EverAdded?.Add(file.Path);
    }

    public void Remove(DeltaTombstone file)
    {
        files.Remove(file.Path);
        tombstones[file.Path] = file;
    }

    public void Move(DeltaTransaction place) => places[place.AppId] = place;

    public void Set(DeltaProtocol next) => protocol = next;

    /// <exception cref="FormatException">A second one in a version.</exception>
    public void Set(DeltaMetadata next)
    {
        if (hasMetadataInVersion) throw new FormatException("a second metaData in one version");
        hasMetadataInVersion = true;
        metadata = next;
    }

    public void SetCommitId(string? id)
    {
        if (id is not null) commits[id] = Version;
    }

    /// <summary>Forgets files that were removed before a time: whoever still needs one would read a version older than any that is kept.</summary>
    public void Forget(long removedBeforeMs)
    {
        foreach (var old in tombstones.Values.Where(file => file.DeletedAtMs < removedBeforeMs).Select(file => file.Path).ToList()) tombstones.Remove(old);
    }

    /// <param name="file">Named where the state lacks what every table has.</param>
    /// <param name="seenAtMs">When this version was known to be the newest.</param>
    public DeltaSnapshot Build(string file, long seenAtMs) => new(
        root,
        Version,
        protocol ?? throw new DeltaFormatException(file, 0, "no protocol up to here"),
        metadata ?? throw new DeltaFormatException(file, 0, "no metaData up to here"),
        files.ToImmutable(),
        tombstones.ToImmutable(),
        places.ToImmutable(),
        CheckpointVersion,
        seenAtMs);
}
