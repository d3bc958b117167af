using System.Collections.Immutable;

namespace Cairn.Storage.Delta;

/// <summary>One version of a table. Immutable, so it may be shared and kept.</summary>
/// <param name="Root">The blob name prefix of the table, without a slash at its end.</param>
/// <param name="Version">From 0.</param>
/// <param name="Protocol">What it takes to read and write.</param>
/// <param name="Metadata">Schema, partitions, configuration.</param>
/// <param name="Files">The files that make up the table, by path.</param>
/// <param name="Tombstones">Files removed lately, by path.</param>
/// <param name="Places">Streams' places, by app id.</param>
/// <param name="CheckpointVersion">The newest checkpoint known; -1 for none.</param>
/// <param name="SeenAtMs">When it was last known to be the newest version, Unix milliseconds.</param>
public sealed record DeltaSnapshot(
    string Root,
    long Version,
    DeltaProtocol Protocol,
    DeltaMetadata Metadata,
    ImmutableDictionary<string, DeltaFile> Files,
    ImmutableDictionary<string, DeltaTombstone> Tombstones,
    ImmutableDictionary<string, DeltaTransaction> Places,
    long CheckpointVersion,
    long SeenAtMs)
{
    public DeltaSchema Schema => Metadata.Schema;

    /// <summary>Up to where the table holds a stream; null where it holds nothing of it.</summary>
    public long? PlaceOf(string appId) => Places.TryGetValue(appId, out var place) ? place.Version : null;

    /// <summary>The blob of one of its files.</summary>
    public string BlobOf(DeltaFile file) => $"{Root}/{file.Path}";
}
