using System.Collections.Concurrent;
using Cairn.Storage.Delta;
using Cairn.Storage.History;
using Cairn.Storage.Lake;
using Cairn.Storage.Parquet;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;
using Stored = Cairn.Storage.Parquet;

namespace Cairn.Storage.Erasure;

/// <summary>Looks through every file for what should be gone: decodes those of rows and compares whole values, and searches all others byte by byte.</summary>
/// <remarks>
/// An erased row that is found is left over: the erasure is not done. Equal values elsewhere (somebody new with the id, somebody else's property) are told, for a
/// person to judge; the value itself is not.
/// </remarks>
public sealed class ErasureScan(IBlobStore blobs, LakeTables tables, string projectId, ErasedItems erased, IdPatterns ids)
{
    /// <summary>Footers and columns that are read once.</summary>
    const long CacheBytes = 16L << 20;

    /// <summary>What is ours, and holds ids only while an erasure is under way.</summary>
    static readonly string[] OwnFolders = [ErasureStore.Folder, "privacy/", "erasure-queue/", "leases/"];

    readonly ColumnCache cache = new(CacheBytes);
    readonly ConcurrentDictionary<(string Place, string Column), long> elsewhere = [];
    long files, bytes, left;

    public async Task<ScanResult> RunAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        var versions = new Dictionary<string, DeltaSnapshot?>(StringComparer.Ordinal);
        foreach (var table in LakeLayout.RowTables) versions[table] = await tables[projectId, table].ReadAsync(cancellationToken);
        var entries = new List<BlobEntry>();
        await foreach (var entry in blobs.ListAsync("", after: null, cancellationToken))
            if (!OwnFolders.Any(folder => entry.Name.StartsWith(folder, StringComparison.Ordinal))) entries.Add(entry);
        await Parallel.ForEachAsync(entries, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken }, async (entry, cancellation) =>
        {
            Interlocked.Increment(ref files);
            Interlocked.Add(ref bytes, entry.Length);
            await LookAsync(entry, versions, cancellation);
        });
        return new(at, files, bytes, left, [.. elsewhere.OrderBy(found => found.Key.Place, StringComparer.Ordinal).ThenBy(found => found.Key.Column, StringComparer.Ordinal).Select(found => new ScanFinding(found.Key.Place, found.Key.Column, found.Value))]);
    }

    async Task LookAsync(BlobEntry entry, Dictionary<string, DeltaSnapshot?> versions, CancellationToken cancellationToken)
    {
        var parts = entry.Name.Split('/');
        var isRows = parts[0] is "recent" or "lake" or "set-aside";
        if (isRows && parts.Length > 2 && parts[1] != projectId) return;
        if (!isRows || !entry.Name.EndsWith(".parquet", StringComparison.Ordinal))
        {
            if (await blobs.ReadAsync(entry.Name, cancellationToken) is { } content && ids.IsIn(content.Bytes.Span)) elsewhere[(parts[0], entry.Name)] = 1;
            return;
        }
        try
        {
            await LookAtRowsAsync(entry, parts[0], parts[2], versions, cancellationToken);
        }
        catch (FileNotFoundException)
        {
            // Deleted since it was listed: nothing of it is left.
        }
        catch (ParquetFormatException)
        {
            // A file set aside is damaged: nobody can say what is in it but by its bytes.
            if (await blobs.ReadAsync(entry.Name, cancellationToken) is { } content && ids.IsIn(content.Bytes.Span)) elsewhere[(parts[0], entry.Name)] = 1;
        }
    }

    async Task LookAtRowsAsync(BlobEntry entry, string folder, string table, Dictionary<string, DeltaSnapshot?> versions, CancellationToken cancellationToken)
    {
        var reader = await ParquetReader.OpenAsync(new BlobSource(blobs, entry.Name, entry.Length), cancellationToken);
        var schema = versions.GetValueOrDefault(table) is { } version ? version.Schema : null;
        var found = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var group = 0; group < reader.RowGroups.Count; group++)
            foreach (var leaf in reader.Schema.Leaves)
            {
                // An item's own id is made by us and names nobody.
                if (!leaf.IsFlat || leaf.Column.Type != PhysicalType.ByteArray || leaf.Column.Name == RowLayout.ItemId) continue;
                var chunk = reader.RowGroups[group].Columns[leaf.Index];
                if (chunk.NullCount == chunk.ValueCount) continue;
                var count = Count((Stored.TextColumn)await reader.ReadAsync(group, leaf.Index, cancellationToken, distinct: false));
                if (count > 0) found[leaf.Column.Name] = found.GetValueOrDefault(leaf.Column.Name) + count;
            }
        if (found.Count == 0) return;
        var gone = await ErasedRowsAsync(entry, folder, table, versions, cancellationToken);
        Interlocked.Add(ref left, gone);
        foreach (var (column, count) in found)
        {
            var name = schema?.Columns.FirstOrDefault(known => known.PhysicalName == column)?.Name ?? column;
            elsewhere.AddOrUpdate(($"{folder}/{table}", name), count, (_, before) => before + count);
        }
    }

    /// <summary>Rows of a file that should be gone.</summary>
    async Task<long> ErasedRowsAsync(BlobEntry entry, string folder, string table, Dictionary<string, DeltaSnapshot?> versions, CancellationToken cancellationToken)
    {
        if (!versions.TryGetValue(table, out var version)) return 0;
        if (folder == "lake")
        {
            // A file that is in no version is nobody's, and all that is found in it is left over.
            if (version is null || !version.Files.TryGetValue(entry.Name[(version.Root.Length + 1)..], out var file)) return 1;
            var rows = new LakeFiles(blobs, cache).Opener(version, LakeSchema.Of(table, version.Schema))(LakeFile.Of(version, file));
            return (await ErasedRows.FindAsync(erased, table, rows, PossiblePersons.Anybody, null, cancellationToken)).Count;
        }
        var facts = await new StoredRowFiles(blobs, cache).OpenAsync(entry, cancellationToken);
        return (await ErasedRows.FindAsync(erased, table, new(facts, RowSet.All(facts.RowCount)), PossiblePersons.Anybody, null, cancellationToken)).Count;
    }

    long Count(Stored.TextColumn texts)
    {
        HashSet<int>? matching = null;
        for (var code = 0; code < texts.Texts.Count; code++)
        {
            var text = texts.Texts[code];
            if (ids.Is(text) || (text.Length > 0 && text[0] is (byte)'{' or (byte)'[' && ids.IsInJson(text))) (matching ??= []).Add(code);
        }
        if (matching is null) return 0;
        var count = 0L;
        foreach (var code in texts.Codes)
            if (matching.Contains(code)) count++;
        return count;
    }
}

/// <summary>What a scan found.</summary>
/// <param name="Left">Rows that should be gone: with any, the erasure is not done.</param>
/// <param name="Elsewhere">Equal values that stand in what is not the persons', for somebody to judge.</param>
public sealed record ScanResult(DateTimeOffset At, long Files, long Bytes, long Left, IReadOnlyList<ScanFinding> Elsewhere);

/// <param name="Place">A table or a folder.</param>
/// <param name="Column">In which column, or blob.</param>
/// <param name="Rows">Rows with such a value.</param>
public sealed record ScanFinding(string Place, string Column, long Rows);
