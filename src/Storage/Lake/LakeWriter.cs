using System.Collections.Immutable;
using Cairn.Model.Identity;
using Cairn.Storage.Delta;
using Cairn.Storage.Lake.Writing;
using Cairn.Storage.Parquet;
using Cairn.Storage.Rows;
using Int64Column = Cairn.Storage.Rows.Int64Column;

namespace Cairn.Storage.Lake;

/// <summary>
/// Makes data files of the lake out of files of rows, recent ones and the lake's own alike: what compaction appends with and what it merges with.
/// </summary>
/// <remarks>
/// Rows come sorted by (hash of person, person, time, event, insert id, item id), <c>person</c> by the links known now. Nothing is committed: the caller does it, with
/// its watermarks, in one commit. At most <see cref="LakeWriterOptions.MaxRowsAtOnce"/> rows are in memory; more are written range by range of persons' hashes, each
/// range reading only the row groups that have rows of it. Thread-safe.
/// </remarks>
public sealed class LakeWriter(IBlobStore blobs, TimeProvider clock, LakeWriterOptions? options = null)
{
    /// <summary>What a row takes in a file where no source can tell.</summary>
    const double GuessedBytesPerRow = 64;

    readonly LakeWriterOptions options = options ?? LakeWriterOptions.Default;

    /// <summary>Writes the live rows of the sources as new data files.</summary>
    /// <param name="basis">The version that the caller will commit to.</param>
    /// <param name="table">Which of <see cref="LakeLayout.RowTables"/> it is.</param>
    /// <param name="sources">Files of rows; only the live ones are taken.</param>
    /// <param name="persons">Who is one person now.</param>
    /// <returns>No file where no row is live.</returns>
    /// <exception cref="RowFileGoneException">A source was deleted meanwhile.</exception>
    /// <exception cref="StorageUnavailableException">The store is away; files written already are deleted as far as it allows, and vacuum finds the others.</exception>
    public async Task<LakeWrite> WriteAsync(
        DeltaSnapshot basis, string table, IReadOnlyList<RowFile> sources, LakeSplit split, PersonMap persons, CancellationToken cancellationToken)
    {
        var segments = new List<RowSegment>();
        foreach (var source in sources)
            if (source.Live.Count > 0) segments.AddRange(await RowSegment.OpenAsync(source, cancellationToken));
        var schema = LakeSchema.Of(table, basis.Schema);
        schema = schema.With(sources.Where(source => source.Live.Count > 0).SelectMany(source => source.Facts.Schema).Select(column => column.Name).Distinct(StringComparer.Ordinal));
        schema = schema.With(await RestRows.NamesAsync(segments, cancellationToken));
        var files = new DataFiles(blobs, clock, basis.Root, schema, split);
        try
        {
            await WriteAsync(files, segments, BytesPerRow(sources), split, persons, cancellationToken);
        }
        catch
        {
            await DropAsync(basis.Root, files.Written);
            throw;
        }
        return new(basis.Root, [.. files.Written], ReferenceEquals(schema.Schema, basis.Schema) ? null : basis.Metadata with { Schema = schema.Schema }, files.Written.Sum(file => file.Statistics!.RowCount!.Value));
    }

    /// <summary>Deletes the files of a write that will not be committed.</summary>
    public Task DropAsync(LakeWrite write) => DropAsync(write.Root, write.Adds);

    async Task WriteAsync(DataFiles files, List<RowSegment> segments, double bytesPerRow, LakeSplit split, PersonMap persons, CancellationToken cancellationToken)
    {
        var plan = await RangePlan.MakeAsync(segments, files.Schema.Table, split, persons, options.MaxRowsAtOnce, cancellationToken);
        foreach (var range in plan.Ranges)
        {
            var rows = new RowRange(split, new Subjects(files.Schema.Table, persons), range.IsWanted);
            foreach (var segment in segments)
            {
                if (!range.MayHave(segment)) continue;
                await segment.LoadAsync(cancellationToken);
                await rows.AddAsync(segment, cancellationToken);
            }
            if (rows.Count > 0) await WriteRangeAsync(files, rows, partition => FilePlan.RowsPerFile(plan.RowsOf(partition) ?? rows.CountOf(partition), bytesPerRow, options.TargetFileBytes), range.Ends, cancellationToken);
            foreach (var segment in segments) segment.Unload();
        }
        await files.CloseAllAsync(cancellationToken);
    }

    async Task WriteRangeAsync(DataFiles files, RowRange rows, Func<int, int> rowsPerFile, Func<int, bool> endsPartition, CancellationToken cancellationToken)
    {
        var table = files.Schema.Table;
        await rows.SortAsync(RowKeys.TextsOf(table), RowKeys.Ids, RowKeys.TiesOf(table), cancellationToken);
        var cuts = Cut(files, rows, rowsPerFile, endsPartition);
        var columns = files.Schema.Schema.Columns.Where(column => column.Name != LakeLayout.Month).ToList();
        var parquet = new ParquetSchema(columns.Select(column => column.InParquet(keepsRange: column.Name is RowLayout.Time or RowLayout.ReceivedAt)));
        using var groups = new GroupWriter(parquet, [.. cuts.Select(cut => (cut.Start, cut.End))]);
        var receipts = await new ColumnsOfRange(files.Schema, rows, groups).WriteAsync(columns, cancellationToken);
        var keys = new RowKeyMaker(table, rows.Texts);
        for (var group = 0; group < cuts.Count; group++)
        {
            var (draft, start, end, isLast) = cuts[group];
            foreach (var row in rows.Order.AsSpan(start..end))
            {
                draft.Keys.Add(keys.Of(row, rows.SentTimes[row]).High);
                draft.CountTime(rows.Times[row], receipts[row]);
                if (keys.HoldsSentTime(row)) draft.CountSent(rows.SentTimes[row] == Int64Column.Null ? 0 : rows.SentTimes[row]);
            }
            var (bytes, written) = groups.Finish(group);
            foreach (var column in written) draft.Columns.Add(columns[column]);
            draft.Add(new(end - start, rows.HashOf(rows.Order[start]), rows.HashOf(rows.Order[end - 1]), bytes));
            if (isLast) await files.CloseAsync(draft, cancellationToken);
        }
    }

    /// <summary>Row groups of a range, and the file of each.</summary>
    List<(FileDraft Draft, int Start, int End, bool IsLast)> Cut(DataFiles files, RowRange rows, Func<int, int> rowsPerFile, Func<int, bool> endsPartition)
    {
        var cuts = new List<(FileDraft, int, int, bool)>();
        for (var start = 0; start < rows.Count;)
        {
            var partition = rows.PartitionOf(rows.Order[start]);
            var end = start;
            while (end < rows.Count && rows.PartitionOf(rows.Order[end]) == partition) end++;
            var number = rows.PartitionNumbers[partition];
            while (start < end)
            {
                var draft = files.DraftOf(number, () => rowsPerFile(number));
                var left = Math.Max(1, draft.TargetRows - draft.PlannedRows);
                var cut = FilePlan.CutFile(start, end, left, endsPartition(number), slot => rows.SubjectOf(rows.Order[slot]) == rows.SubjectOf(rows.Order[slot - 1]));
                // A file that is full ends here; one that is not goes on with the next range.
                var isFull = cut < end || cut - start >= left || endsPartition(number);
                draft.PlannedRows += cut - start;
                foreach (var (groupStart, groupEnd) in FilePlan.CutGroups(start, cut, options.MaxRowsPerRowGroup)) cuts.Add((draft, groupStart, groupEnd, isFull && groupEnd == cut));
                if (isFull) files.Forget(draft);
                start = cut;
            }
        }
        return cuts;
    }

    async Task DropAsync(string root, IEnumerable<DeltaFile> files)
    {
        try
        {
            foreach (var file in files)
            {
                await blobs.DeleteAsync(LakeLayout.KeysOf(root, file.Path), CancellationToken.None);
                await blobs.DeleteAsync($"{root}/{file.Path}", CancellationToken.None);
            }
        }
        catch (StorageUnavailableException)
        {
            // What no commit ever added is vacuum's.
        }
    }

    static double BytesPerRow(IReadOnlyList<RowFile> sources)
    {
        long bytes = 0, rows = 0;
        foreach (var source in sources.Where(source => source.Facts.StoredBytes > 0)) (bytes, rows) = (bytes + source.Facts.StoredBytes, rows + source.RowCount);
        return rows == 0 ? GuessedBytesPerRow : Math.Max(1, bytes / (double)rows);
    }
}
