using Cairn.Storage.Parquet.Metadata;
using Cairn.Storage.Parquet.Reading;

namespace Cairn.Storage.Parquet;

public sealed partial class ParquetWriter
{
    /// <summary>
    /// Copies a whole row group of another file byte for byte, its checksums compared on the way. Columns are matched by their path; one that the
    /// other file lacks becomes null in every row, and one that holds nothing in these rows may be lacking here.
    /// </summary>
    /// <exception cref="ArgumentException">The other file has values of a column that this one lacks, or has as something else.</exception>
    /// <exception cref="ParquetFormatException">The other file is torn or altered; this one is then to be dropped.</exception>
    public async ValueTask CopyRowGroupAsync(ParquetReader from, int rowGroup, CancellationToken cancellationToken)
    {
        var sourceOf = MatchColumns(from, from.RowGroups[rowGroup]);
        BeginRowGroup(from.RowGroups[rowGroup].RowCount);
        for (var column = 0; column < sourceOf.Length; column++)
        {
            if (sourceOf[column] < 0) continue;
            var bytes = await from.ReadChunkAsync(rowGroup, sourceOf[column], cancellationToken);
            CopyChunk(from, rowGroup, sourceOf[column], column, bytes.Span);
        }
        EndRowGroup();
    }

    void CopyChunk(ParquetReader from, int rowGroup, int source, int column, ReadOnlySpan<byte> bytes)
    {
        var info = from.RowGroups[rowGroup].Columns[source];
        PageReader.CheckChunk(from.Name, from.Schema.Leaves[source], in info, bytes);
        // Offsets count from the file's start: the chunk moved.
        var moved = Length - info.Offset;
        columns![column] = info with
        {
            DataPageOffset = info.DataPageOffset + moved,
            DictionaryPageOffset = info.DictionaryPageOffset > 0 ? info.DictionaryPageOffset + moved : 0,
            Checksum = info.Checksum ?? System.IO.Hashing.Crc32.HashToUInt32(bytes),
        };
        output.Append(bytes);
        Flush();
    }

    int[] MatchColumns(ParquetReader from, RowGroupInfo rows)
    {
        var sourceOf = new int[Schema.Leaves.Count];
        Array.Fill(sourceOf, -1);
        foreach (var theirs in from.Schema.Leaves)
        {
            var column = theirs.Path.Count == 1 ? Schema.IndexOf(theirs.Column.Name) : Schema.IndexOf([.. theirs.Path]);
            if (column < 0 && rows.Columns[theirs.Index] is var chunk && chunk.NullCount == chunk.ValueCount) continue;
            if (column < 0) throw new ArgumentException($"{from.Name} has a column {theirs} that this file lacks", nameof(from));
            var ours = Schema.Leaves[column];
            if (ours.Column.Type != theirs.Column.Type || ours.MaxDefinition != theirs.MaxDefinition || ours.MaxRepetition != theirs.MaxRepetition)
                throw new ArgumentException($"column {theirs} of {from.Name} is {Describe(theirs)}, in this file {Describe(ours)}", nameof(from));
            sourceOf[column] = theirs.Index;
        }
        return sourceOf;
    }

    static string Describe(ParquetLeaf leaf) => $"{leaf.Column.Type} (levels {leaf.MaxDefinition} and {leaf.MaxRepetition})";
}
