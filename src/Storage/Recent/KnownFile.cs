using Cairn.Storage.Rows;

namespace Cairn.Storage.Recent;

/// <summary>A file of a table: what it says, and which of its rows count so far.</summary>
sealed class KnownFile(RecentFileName name, RowFileFacts facts, StoredRowFiles files)
{
    RowSet once = RowSet.All(facts.RowCount);
    long placed = long.MinValue;
    RowSet? live;
    HashSet<int>? duplicates;
    RowFile? rows;

    public RecentFileName Name => name;
    public RowFileFacts Facts => facts;

    /// <summary>The rows that no other file brought before: those that can be duplicates, and have some.</summary>
    public RowSet Once
    {
        get => once;
        set => (once, live) = (value, null);
    }

    /// <summary>Whether the lake has all of its rows.</summary>
    public bool IsPassed => placed >= name.LastSeq;

    /// <summary>Leaves out the rows up to a place, which the lake has.</summary>
    public async ValueTask PassAsync(long place, CancellationToken cancellationToken)
    {
        if (place <= placed) return;
        placed = place;
        if (IsPassed || place < name.FirstSeq) return;
        var seqs = await ReadNumbersAsync(RowLayout.Seq, cancellationToken);
        Once = Once.Without(Enumerable.Range(0, facts.RowCount).Where(row => seqs.Values[row] <= place));
    }

    /// <summary>The rows that count.</summary>
    public RowSet Live => live ??= duplicates is null ? once : once.Without(duplicates);

    public static async Task<KnownFile> ReadAsync(StoredRowFiles files, BlobEntry entry, CancellationToken cancellationToken)
    {
        if (!RecentFileName.TryParse(entry.Name, out var name)) throw new InvalidDataException($"{entry.Name} is no name of a recent file");
        return new(name, await files.OpenAsync(entry, cancellationToken), files);
    }

    /// <summary>Whether a row stands back for an earlier copy.</summary>
    public void Mark(int row, bool isDuplicate)
    {
        duplicates ??= [];
        if (isDuplicate ? duplicates.Add(row) : duplicates.Remove(row)) live = null;
    }

    /// <summary>The file as rows: those of the table's rows that count.</summary>
    public RowFile Rows => rows is { } known && ReferenceEquals(known.Live, Live) ? known : rows = new(facts, Live);

    /// <summary>A column of texts, past the cache: ids that differ in each row are as large as all others together, and hardly asked for twice. Null where the file has none.</summary>
    public async Task<TextColumn?> ReadTextsAsync(string column, CancellationToken cancellationToken) =>
        facts.TryFind(column, out _) ? (TextColumn)await files.ReadUncachedAsync(facts, column, cancellationToken) : null;

    /// <summary>A column of whole numbers that every row has, past the cache.</summary>
    public async Task<Int64Column> ReadNumbersAsync(string column, CancellationToken cancellationToken)
    {
        if (!facts.TryFind(column, out var type) || type != StoredColumnType.Int64) throw new InvalidDataException($"{facts.Name}: no column {column} of whole numbers");
        return (Int64Column)await files.ReadUncachedAsync(facts, column, cancellationToken);
    }
}
