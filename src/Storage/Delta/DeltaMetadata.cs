using System.Collections.Immutable;

namespace Cairn.Storage.Delta;

/// <summary>What a table is.</summary>
/// <param name="Id">Its GUID; stays for life.</param>
/// <param name="Schema">Its columns.</param>
/// <param name="PartitionColumns">Logical names; they stay for life.</param>
/// <param name="Configuration">Properties of the table; the two of column mapping are kept by us and not in here.</param>
/// <param name="CreatedAtMs">Unix milliseconds.</param>
public sealed record DeltaMetadata(
    string Id,
    DeltaSchema Schema,
    ImmutableArray<string> PartitionColumns,
    ImmutableSortedDictionary<string, string> Configuration,
    long CreatedAtMs);

/// <summary>What software must know to read or write a table.</summary>
/// <remarks>Source: delta-io/delta, PROTOCOL.md, "Protocol Evolution" and "Column Mapping".</remarks>
public sealed record DeltaProtocol(int MinReaderVersion, int MinWriterVersion)
{
    /// <summary>Column mapping needs these, and nothing of ours needs more.</summary>
    public static DeltaProtocol Ours { get; } = new(2, 5);
}
