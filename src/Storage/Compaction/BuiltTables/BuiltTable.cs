using Cairn.Storage.Delta;

namespace Cairn.Storage.Compaction.BuiltTables;

/// <summary>A table that is made anew from others as a whole, in one commit: a reader sees all of one making.</summary>
sealed class BuiltTable(IBlobStore blobs, DeltaTable table, TimeProvider clock)
{
    readonly List<DeltaFile> files = [];

    /// <summary>What its files will have for columns; grows while they are written.</summary>
    public DeltaSchema Schema { get; private set; } = null!;

    DeltaSnapshot Basis { get; set; } = null!;

    /// <summary>Begins a making.</summary>
    /// <param name="first">What a new table begins with.</param>
    public async Task BeginAsync(DeltaSchema first, CancellationToken cancellationToken)
    {
        Basis = await table.CreateAsync(first, [], cancellationToken);
        Schema = Basis.Schema;
    }

    /// <summary>Writes what was collected as one more file.</summary>
    public async Task AddAsync(BuiltRows rows, CancellationToken cancellationToken)
    {
        if (rows.Row == 0) return;
        Schema = rows.Grow(Schema);
        var rowCount = rows.Row;
        var content = rows.Write(Schema);
        var path = $"{Guid.NewGuid():n}.parquet";
        await blobs.PutAsync($"{table.Root}/{path}", content, PutCondition.IfAbsent, cancellationToken);
        files.Add(DeltaFile.Of(path, content.Length, clock.GetUtcNow(), DeltaStatistics.Of(rowCount)));
    }

    /// <summary>Puts the new files in the place of all that were there.</summary>
    /// <returns>False where somebody else has made the table meanwhile: theirs is as good.</returns>
    public async Task<bool> EndAsync(CancellationToken cancellationToken)
    {
        if (files.Count == 0 && Basis.Files.IsEmpty) return true;
        var commit = new DeltaCommit
        {
            Operation = "CREATE OR REPLACE TABLE AS SELECT",
            Adds = [.. files],
            Removes = [.. Basis.Files.Keys.Order(StringComparer.Ordinal)],
            Metadata = ReferenceEquals(Schema, Basis.Schema) ? null : Basis.Metadata with { Schema = Schema },
            NeedsBasisUnchanged = true,
        };
        return await TableChange.CommitAsync(table, Basis, commit, blobs, file => [$"{table.Root}/{file.Path}"], cancellationToken) is not null;
    }
}
