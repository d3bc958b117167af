namespace Cairn.Storage.Parquet.Metadata;

/// <summary>All that a file says of itself behind its pages.</summary>
/// <param name="Schema">Its columns.</param>
/// <param name="RowCount">Rows of all row groups.</param>
/// <param name="RowGroups">In the file's order.</param>
/// <param name="KeyValues">What the writer's caller noted; our own checksums are not among them.</param>
/// <param name="CreatedBy">The writer's name and version, empty where unknown.</param>
sealed record FileFooter(ParquetSchema Schema, long RowCount, IReadOnlyList<RowGroupInfo> RowGroups, IReadOnlyDictionary<string, string> KeyValues, string CreatedBy);
