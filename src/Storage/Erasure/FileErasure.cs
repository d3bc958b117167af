using System.Collections.Immutable;
using System.Globalization;
using Cairn.Storage.Delta;
using Cairn.Storage.History;
using Cairn.Storage.Lake;
using Cairn.Storage.Lake.Writing;
using Cairn.Storage.Parquet;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;
using TextColumn = Cairn.Storage.Parquet.TextColumn;

namespace Cairn.Storage.Erasure;

/// <summary>Takes erased rows out of a project's files: recent ones, and those of each table with a commit of its own.</summary>
/// <remarks>
/// The caller holds compaction's lease. Every step may be killed and done again: a file is written under a new name before the old one goes, a table's commit carries
/// the erasure's own place, and a row that is gone is found no more.
/// </remarks>
/// <param name="erasureId">Names the commits: an application id of Delta's, <c>erasure:{id}</c>.</param>
public sealed class FileErasure(IBlobStore blobs, LakeTables tables, TimeProvider clock, string projectId, ErasedItems erased, string erasureId)
{
    /// <summary>Times a table is begun anew because somebody else changed it meanwhile.</summary>
    const int MaxAttempts = 8;

    /// <summary>Footers and columns that are read once.</summary>
    const long CacheBytes = 32L << 20;

    readonly ColumnCache cache = new(CacheBytes);
    readonly PossiblePersons under = PossiblePersons.OfAll(erased.Searches.Values.SelectMany(ids => ids));

    /// <summary>The tables made of rows; others are named by the columns in which ids stand.</summary>
    static readonly (string Table, string[] IdColumns)[] BuiltTables = [(LakeLayout.Persons, ["id", "person"]), (LakeLayout.Profiles, ["person"])];

    /// <summary>The duplicate keys of all erased rows, by salted hash, and until when a copy is erased.</summary>
    public async Task<IReadOnlyDictionary<long, long>> FindKeysAsync(IRowSnapshots all, CancellationToken cancellationToken)
    {
        var keys = new Dictionary<long, long>();
        foreach (var table in LakeLayout.RowTables)
            foreach (var file in (await all.OpenAsync(projectId, table, cancellationToken)).Files)
                await ErasedRows.FindAsync(erased, table, file with { Live = RowSet.All(file.RowCount) }, under, keys, cancellationToken);
        return keys;
    }

    /// <summary>Recent files: written anew without erased rows, or deleted where nothing else is in them.</summary>
    public async Task<RemovedRows> RemoveFromRecentAsync(string table, CancellationToken cancellationToken)
    {
        var files = new StoredRowFiles(blobs, cache);
        var (rowCount, fileCount) = (0L, 0);
        var listed = new List<BlobEntry>();
        await foreach (var entry in blobs.ListAsync($"{RecentLayout.Folder}{projectId}/{table}/", after: null, cancellationToken)) listed.Add(entry);
        foreach (var entry in listed)
        {
            if (!RecentFileName.TryParse(entry.Name, out var name)) throw new InvalidDataException($"{entry.Name} is no name of a recent file");
            var facts = await files.OpenAsync(entry, cancellationToken);
            var gone = await ErasedRows.FindAsync(erased, table, new(facts, RowSet.All(facts.RowCount)), under, null, cancellationToken);
            if (gone.Count == 0) continue;
            if (gone.Count < facts.RowCount) await WriteAsync(entry.Name, name.WithUnique(Guid.NewGuid().ToString("n")[..16]), gone, cancellationToken);
            await blobs.DeleteAsync(entry.Name, cancellationToken);
            cache.Forget(new HashSet<string>(StringComparer.Ordinal) { entry.Name });
            (rowCount, fileCount) = (rowCount + gone.Count, fileCount + 1);
        }
        return new($"recent/{table}", rowCount, fileCount, null, null);
    }

    /// <summary>A table of rows, in one commit; then every file goes that the new version does not need, however young.</summary>
    public async Task<RemovedRows> RemoveFromTableAsync(string table, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            if (await tables[projectId, table].ReadAsync(cancellationToken) is not { } version) return new($"lake/{table}", 0, 0, null, null);
            var open = new LakeFiles(blobs, cache).Opener(version, LakeSchema.Of(table, version.Schema));
            var removed = await RemoveAsync(table, version, async file =>
            {
                var lake = LakeFile.Of(version, file);
                return await ErasedRows.FindAsync(erased, table, open(lake), under, null, cancellationToken);
            }, (file, gone) => RewriteAsync(version, table, file, gone, cancellationToken), cancellationToken);
            if (removed is not null) return removed;
        }
        throw new StorageUnavailableException($"{projectId}/{table} is changed by others faster than rows can be taken out");
    }

    /// <summary>The tables of who there is: without the rows that name one of some ids.</summary>
    public async Task<IReadOnlyList<RemovedRows>> RemoveFromBuiltTablesAsync(IReadOnlySet<string> ids, CancellationToken cancellationToken)
    {
        var all = new List<RemovedRows>();
        foreach (var (table, columns) in BuiltTables)
            for (var attempt = 1; attempt <= MaxAttempts; attempt++)
            {
                if (await tables[projectId, table].ReadAsync(cancellationToken) is not { } version) break;
                var removed = await RemoveAsync(
                    table, version, file => FindByIdAsync(version, file, columns, ids, cancellationToken), (file, gone) => RewriteBuiltAsync(version, file, gone, cancellationToken), cancellationToken);
                if (removed is null) continue;
                all.Add(removed);
                break;
            }
        return all;
    }

    async Task<RemovedRows?> RemoveAsync(
        string table, DeltaSnapshot version, Func<DeltaFile, Task<List<int>>> find, Func<DeltaFile, List<int>, Task<DeltaFile?>> rewrite, CancellationToken cancellationToken)
    {
        var delta = tables[projectId, table];
        // What lies here now and is not in the next version no commit can need any more: whoever wrote it worked from a version that is superseded then.
        var there = new List<string>();
        await foreach (var entry in blobs.ListAsync($"{delta.Root}/", after: null, cancellationToken))
            if (!entry.Name.StartsWith($"{delta.Root}/_delta_log/", StringComparison.Ordinal)) there.Add(entry.Name);
        var (adds, removes, rowCount) = (new List<DeltaFile>(), new List<string>(), 0L);
        foreach (var file in version.Files.Values.OrderBy(file => file.Path, StringComparer.Ordinal))
        {
            var gone = await find(file);
            if (gone.Count == 0) continue;
            removes.Add(file.Path);
            rowCount += gone.Count;
            if (gone.Count < file.Statistics!.RowCount && await rewrite(file, gone) is { } left) adds.Add(left);
        }
        var appId = $"erasure:{erasureId}";
        var (before, after) = (version, version);
        var hasStrays = there.Exists(name => IsStray(version, name[(delta.Root.Length + 1)..]));
        if (removes.Count > 0 || hasStrays || version.PlaceOf(appId) is null)
        {
            var commit = new DeltaCommit
            {
                Operation = "DELETE", Adds = [.. adds], Removes = [.. removes], Places = [new(appId, (version.PlaceOf(appId) ?? 0) + 1)], NeedsBasisUnchanged = true,
            };
            if (await Compaction.TableChange.CommitAsync(delta, version, commit, blobs, file => [$"{delta.Root}/{file.Path}", LakeLayout.KeysOf(delta.Root, file.Path)], cancellationToken) is not { } landed) return null;
            after = landed;
        }
        var needed = after.Files.Keys.SelectMany(path => new[] { $"{delta.Root}/{path}", LakeLayout.KeysOf(delta.Root, path) }).ToHashSet(StringComparer.Ordinal);
        var deleted = 0;
        foreach (var name in there.Where(name => !needed.Contains(name)))
            if (await blobs.DeleteAsync(name, cancellationToken)) deleted++;
        return new($"lake/{table}", rowCount, deleted, before.Version, after.Version);
    }

    /// <summary>Whether a file is neither in the table nor known to have been: somebody may be about to commit it, until the version is another.</summary>
    static bool IsStray(DeltaSnapshot version, string path) => path[0] is not ('_' or '.') && !version.Files.ContainsKey(path) && !version.Tombstones.ContainsKey(path);

    async Task<DeltaFile?> RewriteAsync(DeltaSnapshot version, string table, DeltaFile file, List<int> gone, CancellationToken cancellationToken)
    {
        var (schema, root) = (version.Schema, version.Root);
        var path = $"{file.Path[..(file.Path.LastIndexOf('/') + 1)]}{(LakeFile.Of(version, file).Date is { } date ? date.ToString(LakeLayout.DateFormat, CultureInfo.InvariantCulture) : "merged")}-{Guid.NewGuid():N}.parquet";
        var reader = await OpenAsync(version.BlobOf(file), cancellationToken);
        var person = LakeSchema.Of(table, schema).ByRowName.GetValueOrDefault(table == RowLayout.Identities ? RowLayout.DistinctId : LakeSchema.Person)?.PhysicalName;
        var notes = reader.KeyValues[DataFiles.PersonsNote].Split(',');
        string[] persons = [];
        var size = await ParquetRemoval.WriteAsync(blobs, $"{root}/{path}", reader, gone, groups =>
        {
            persons = [.. groups.Select(group => group.Rows is null ? notes[group.Group] : PersonsOf(reader, group, person))];
            return new Dictionary<string, string>(StringComparer.Ordinal) { [DataFiles.PersonsNote] = string.Join(',', persons) };
        }, cancellationToken);
        // The filter holds a few bits of each key's hash: those of the rows that went stay in it and find nothing.
        if (await blobs.ReadAsync(LakeLayout.KeysOf(root, file.Path), cancellationToken) is { } keys) await blobs.PutAsync(LakeLayout.KeysOf(root, path), keys.Bytes, PutCondition.None, cancellationToken);
        var written = await OpenAsync($"{root}/{path}", cancellationToken);
        return file with
        {
            Path = path,
            SizeBytes = size,
            ModifiedAtMs = clock.GetUtcNow().ToUnixTimeMilliseconds(),
            Statistics = DeltaStatistics.Of(written.RowCount, RangeOf(written, schema.Find(RowLayout.Time)!), RangeOf(written, schema.Find(RowLayout.ReceivedAt)!)),
            Tags = file.Tags.SetItem("cairn.persons", $"{persons[0][..16]}-{persons[^1][17..]}"),
        };
    }

    async Task<DeltaFile?> RewriteBuiltAsync(DeltaSnapshot version, DeltaFile file, List<int> gone, CancellationToken cancellationToken)
    {
        var path = $"{Guid.NewGuid():n}.parquet";
        var reader = await OpenAsync(version.BlobOf(file), cancellationToken);
        var size = await ParquetRemoval.WriteAsync(blobs, $"{version.Root}/{path}", reader, gone, _ => reader.KeyValues, cancellationToken);
        return file with { Path = path, SizeBytes = size, ModifiedAtMs = clock.GetUtcNow().ToUnixTimeMilliseconds(), Statistics = DeltaStatistics.Of(reader.RowCount - gone.Count) };
    }

    async Task<List<int>> FindByIdAsync(DeltaSnapshot version, DeltaFile file, string[] columns, IReadOnlySet<string> ids, CancellationToken cancellationToken)
    {
        var reader = await OpenAsync(version.BlobOf(file), cancellationToken);
        var (gone, first) = (new SortedSet<int>(), 0);
        for (var group = 0; group < reader.RowGroups.Count; group++)
        {
            foreach (var name in columns)
            {
                if (version.Schema.Find(name) is not { } known || reader.Schema.IndexOf(known.PhysicalName) is not (>= 0 and var index)) continue;
                var texts = (TextColumn)await reader.ReadAsync(group, index, cancellationToken);
                for (var row = 0; row < texts.Codes.Length; row++)
                    if (texts.Codes[row] >= 0 && ids.Contains(System.Text.Encoding.UTF8.GetString(texts[row]))) gone.Add(first + row);
            }
            first += reader.RowGroups[group].RowCount;
        }
        return [.. gone];
    }

    async Task WriteAsync(string from, string to, List<int> gone, CancellationToken cancellationToken)
    {
        var reader = await OpenAsync(from, cancellationToken);
        await ParquetRemoval.WriteAsync(blobs, to, reader, gone, _ => reader.KeyValues, cancellationToken);
    }

    /// <summary>Whole in memory: of a file that is written anew every byte is needed.</summary>
    async Task<ParquetReader> OpenAsync(string name, CancellationToken cancellationToken) =>
        await blobs.ReadAsync(name, cancellationToken) is { } content ? ParquetReader.Open(name, content.Bytes) : throw new RowFileGoneException(name);

    static string PersonsOf(ParquetReader reader, KeptGroup group, string? person)
    {
        if (person is null || reader.Schema.IndexOf(person) is not (>= 0 and var index)) return $"{0:x16}-{0:x16}";
        var texts = (TextColumn)reader.Read(group.Group, index);
        return string.Create(CultureInfo.InvariantCulture, $"{PersonHash.Of(texts[group.Rows![0]]):x16}-{PersonHash.Of(texts[group.Rows[^1]]):x16}");
    }

    static DeltaRange RangeOf(ParquetReader file, DeltaColumn column)
    {
        var (index, min, max) = (file.Schema.IndexOf(column.PhysicalName), long.MaxValue, long.MinValue);
        foreach (var group in file.RowGroups) (min, max) = (Math.Min(min, group.Columns[index].Min), Math.Max(max, group.Columns[index].Max));
        return new(column, min, max);
    }
}

/// <summary>What was taken out of one place.</summary>
/// <param name="Place">Which, such as <c>lake/events</c>.</param>
/// <param name="Rows">Rows, or things, of the persons.</param>
/// <param name="Files">Files that went.</param>
/// <param name="VersionBefore">Of a table: the version read; null elsewhere.</param>
/// <param name="VersionAfter">Of a table: the version without the rows.</param>
public sealed record RemovedRows(string Place, long Rows, int Files, long? VersionBefore, long? VersionAfter);
