using Cairn.Storage.Parquet;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Recent.SetAside;

/// <summary>Reads a recent file whole, as nobody else does at once: every page of every column, and what each row must have.</summary>
static class RecentFileCheck
{
    static readonly (string Column, PhysicalType Type)[] Required =
    [
        (RowLayout.Seq, PhysicalType.Int64), (RowLayout.ItemIndex, PhysicalType.Int32), (RowLayout.ItemId, PhysicalType.ByteArray), (RowLayout.ReceivedAt, PhysicalType.Int64),
        (RowLayout.DialectName, PhysicalType.ByteArray), (RowLayout.Time, PhysicalType.Int64), (RowLayout.DuplicateHigh, PhysicalType.Int64), (RowLayout.DuplicateLow, PhysicalType.Int64),
    ];

    /// <summary>What is wrong with a file; null for a good one.</summary>
    /// <param name="name">Its blob's name under <see cref="RecentLayout.Folder"/>.</param>
    public static async Task<string?> FaultOfAsync(string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (!RecentFileName.TryParse(name, out var parsed)) return $"{name} is no name of a recent file";
        try
        {
            var reader = await ParquetReader.OpenAsync(new MemorySource(name, bytes), cancellationToken);
            foreach (var (column, type) in Required)
                if (reader.Schema.IndexOf(column) is var index && (index < 0 || reader.Schema.Leaves[index].Column.Type != type)) return $"{name} has no column {column} of type {type}";
            for (var group = 0; group < reader.RowGroups.Count; group++)
                for (var column = 0; column < reader.Schema.Leaves.Count; column++)
                    if (reader.Read(group, column) is Parquet.Int64Column seqs && reader.Schema.Leaves[column].Column.Name == RowLayout.Seq && seqs.Values.Any(seq => seq < parsed.FirstSeq || seq > parsed.LastSeq))
                        return $"{name} has messages beyond those that its name tells";
            return null;
        }
        catch (ParquetFormatException fault)
        {
            return fault.Message;
        }
    }
}
