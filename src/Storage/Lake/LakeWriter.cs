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
/// its watermarks, in one commit. At most <see cref="LakeWriterOptions.MaxRowsAtOnce"/> rows are in memory; more are written range by range of persons' hashes, as the
/// sources are sorted: of each a row group or two are at hand, and a row group that is made goes to the store. Of a file in the making only 8 bytes a row are kept, for
/// its keys. Thread-safe.
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
        var live = sources.Where(source => source.Live.Count > 0).ToList();
        var (segments, memory) = (new List<RowSegment>(), new SourceMemory(options));
        foreach (var source in live) segments.AddRange(await RowSegment.OpenAsync(source, cancellationToken, memory));
        var names = live.SelectMany(source => source.Facts.Schema).Select(column => column.Name).Distinct(StringComparer.Ordinal).ToList();
        var schema = LakeSchema.Of(table, basis.Schema).With(names);
        var restNames = await RestRows.NamesAsync(segments, cancellationToken);
        schema = schema.With(restNames);
        await using var files = new DataFiles(blobs, clock, basis.Root, schema, split);
        try
        {
            await WriteAsync(files, segments, ColumnsOf(schema, [.. names, .. restNames]), BytesPerRow(sources), split, persons, cancellationToken);
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

    async Task WriteAsync(DataFiles files, List<RowSegment> segments, HashSet<DeltaColumn> likely, double bytesPerRow, LakeSplit split, PersonMap persons, CancellationToken cancellationToken)
    {
        var plan = await RangePlan.MakeAsync(segments, files.Schema.Table, split, persons, options.MaxRowsAtOnce, cancellationToken);
        var (partitions, subjects) = (new Partitions(split), new Subjects(files.Schema.Table, persons));
        for (var number = 0; number < plan.Ranges.Count; number++)
        {
            var (range, rows) = (plan.Ranges[number], new RowRange());
            foreach (var segment in segments)
            {
                if (!plan.IsWanted(segment, number)) continue;
                segment.KeepsColumns = plan.IsWanted(segment, number + 1);
                await segment.LoadAsync(cancellationToken);
                var whose = await segment.RowsAsync(partitions, subjects, cancellationToken);
                await rows.AddAsync(segment, whose, whose.Within(range.First, range.End), cancellationToken);
            }
            if (rows.Count > 0) await WriteRangeAsync(files, rows, likely, partition => FilePlan.RowsPerFile(plan.RowsOf(partition) ?? rows.CountOf(partition), bytesPerRow, options.TargetFileBytes), range.Ends, cancellationToken);
            // Sources are sorted as ranges are, so most are done with a segment when they come to the next.
            foreach (var segment in segments)
                if (!plan.IsWanted(segment, number + 1)) segment.Unload();
        }
        await files.CloseAllAsync(cancellationToken);
    }

    async Task WriteRangeAsync(DataFiles files, RowRange rows, HashSet<DeltaColumn> likely, Func<int, int> rowsPerFile, Func<int, bool> endsPartition, CancellationToken cancellationToken)
    {
        var table = files.Schema.Table;
        await rows.SortAsync(RowKeys.TextsOf(table), RowKeys.Ids, RowKeys.TiesOf(table), cancellationToken);
        var cuts = Cut(files, rows, rowsPerFile, endsPartition);
        var columns = files.Schema.Schema.Columns.Where(column => column.Name != LakeLayout.Month).ToList();
        using var groups = new GroupWriter(LakeLayout.InParquet(columns), [.. cuts.Select(cut => (cut.Start, cut.End))]);
        var receipts = await new ColumnsOfRange(files.Schema, rows, groups).WriteAsync(columns, cancellationToken);
        foreach (var file in cuts.Index().GroupBy(cut => cut.Item.Draft).Where(file => !file.Key.IsBegun))
        {
            // What comes with later ranges is not known yet.
            var isWhole = file.Any(cut => cut.Item.IsLast);
            files.Begin(file.Key, isWhole ? file.SelectMany(cut => groups.ColumnsOf(cut.Index)).Select(column => columns[column]).ToHashSet() : likely);
        }
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
            foreach (var column in groups.ColumnsOf(group)) draft.Columns.Add(columns[column]);
            await files.AddAsync(draft, groups.Finish(group), end - start, rows.HashOf(rows.Order[start]), rows.HashOf(rows.Order[end - 1]), cancellationToken);
            groups.Forget(group);
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

    /// <summary>Columns that rows with these columns may have a value in.</summary>
    static HashSet<DeltaColumn> ColumnsOf(LakeSchema schema, IReadOnlyCollection<string> rowNames)
    {
        var columns = rowNames.Append(LakeSchema.Person).Select(name => schema.ByRowName.GetValueOrDefault(name)).OfType<DeltaColumn>().ToHashSet();
        // A property without a column of its own.
        if (rowNames.Any(name => !schema.ByRowName.ContainsKey(name) && LakeProperty.TryParse(name, out _)) && schema.ByRowName.TryGetValue(RowLayout.Rest, out var rest)) columns.Add(rest);
        return columns;
    }

    static double BytesPerRow(IReadOnlyList<RowFile> sources)
    {
        long bytes = 0, rows = 0;
        foreach (var source in sources.Where(source => source.Facts.StoredBytes > 0)) (bytes, rows) = (bytes + source.Facts.StoredBytes, rows + source.RowCount);
        return rows == 0 ? GuessedBytesPerRow : Math.Max(1, bytes / (double)rows);
    }
}
