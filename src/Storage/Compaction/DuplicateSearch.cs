using Cairn.Model;
using Cairn.Storage.Delta;
using Cairn.Storage.Lake;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Compaction;

/// <summary>Decides which new rows are copies, of each other or of rows in the table, and which stay.</summary>
sealed class DuplicateSearch(TableContext context, NewRows rows)
{
    readonly List<NewKeys> sources = [];
    readonly Copies copies = new();

    /// <summary>Judges the rows of an append.</summary>
    /// <param name="version">The version that the append will be made from.</param>
    public static async Task<DuplicateVerdict> JudgeAsync(TableContext context, DeltaSnapshot version, NewRows rows, CancellationToken cancellationToken)
    {
        var search = new DuplicateSearch(context, rows);
        var repeated = new RepeatedKeys(rows.RowCount);
        foreach (var file in rows.Files)
        {
            var keys = await NewKeys.ReadAsync(file, cancellationToken);
            search.sources.Add(keys);
            repeated.Add(keys.Highs, file.Live);
        }
        await search.GatherAsync(version, repeated.Repeated, await search.SuspectsAsync(version, cancellationToken), cancellationToken);
        return search.Verdict();
    }

    /// <summary>Which files of the table may hold which keys.</summary>
    async Task<Dictionary<string, HashSet<long>>> SuspectsAsync(DeltaSnapshot version, CancellationToken cancellationToken)
    {
        var suspects = new Dictionary<string, HashSet<long>>(StringComparer.Ordinal);
        foreach (var file in version.Files.Values.Select(file => LakeFile.Of(version, file)))
        {
            var meeting = sources.Where(source => source.MayMeet(file)).ToList();
            if (meeting.Count == 0) continue;
            var filter = await context.KeysAsync(file.Path, cancellationToken);
            var affirmed = new HashSet<long>();
            foreach (var source in meeting) source.Ask(file, filter, affirmed);
            if (affirmed.Count > 0) suspects.Add(file.Path, affirmed);
        }
        return suspects;
    }

    /// <summary>Gathers the suspects' rows where they stand.</summary>
    async Task GatherAsync(DeltaSnapshot version, IReadOnlySet<long> repeated, Dictionary<string, HashSet<long>> suspects, CancellationToken cancellationToken)
    {
        if (repeated.Count == 0 && suspects.Count == 0) return;
        var searches = suspects.Keys.ToDictionary(path => path, _ => new KeySearch(context.Table, loadsWhole: true), StringComparer.Ordinal);
        var all = repeated.Concat(suspects.Values.SelectMany(affirmed => affirmed)).ToHashSet();
        for (var source = 0; source < rows.Files.Count; source++)
        {
            var file = rows.Files[source];
            Details? details = null;
            foreach (var row in RowsOf(file.Live))
            {
                var high = sources[source].Highs[row];
                if (!all.Contains(high)) continue;
                details ??= await Details.ReadAsync(file, cancellationToken);
                var key = details.KeyOf(high, row);
                copies.Add(key, new(details.OrderOf(row), null, source, row));
                foreach (var (path, affirmed) in suspects)
                    if (affirmed.Contains(high)) searches[path].Want(key, details.InsertIdOf(row), details.ItemIdOf(row));
            }
        }
        foreach (var (path, search) in searches.OrderBy(search => search.Key, StringComparer.Ordinal))
            await foreach (var found in search.FindAsync(context.Open(version, [path])[0], cancellationToken)) copies.Add(found.Key, new(found.Receipt, path, 0, found.Row));
    }

    DuplicateVerdict Verdict()
    {
        var (fresh, ousted) = (rows.Files.ToList(), new Dictionary<string, List<int>>(StringComparer.Ordinal));
        var (left, count) = (new Dictionary<int, List<int>>(), 0L);
        foreach (var loser in copies.Losers())
        {
            count++;
            if (loser.Path is { } path)
            {
                if (!ousted.TryGetValue(path, out var out_)) ousted.Add(path, out_ = []);
                out_.Add(loser.Row);
                continue;
            }
            if (!left.TryGetValue(loser.File, out var own)) left.Add(loser.File, own = []);
            own.Add(loser.Row);
        }
        foreach (var (file, own) in left) fresh[file] = fresh[file] with { Live = fresh[file].Live.Without(own) };
        return new(fresh, ousted, count);
    }

    static IEnumerable<int> RowsOf(RowSet live)
    {
        for (var row = 0; row < live.RowCount; row++)
            if (live[row]) yield return row;
    }

    static async Task<Int64Column> NumbersAsync(RowFile file, string column, CancellationToken cancellationToken) =>
        await file.ReadInt64Async(column, cancellationToken) ?? throw new InvalidDataException($"{file.Name} has no {column}");

    /// <summary>What tells a recent file's rows apart, read only where it has a suspect.</summary>
    sealed record Details(Int64Column Lows, RowOrders Orders, TextColumn ItemIds, TextColumn? InsertIds)
    {
        public static async Task<Details> ReadAsync(RowFile file, CancellationToken cancellationToken) => new(
            await NumbersAsync(file, RowLayout.DuplicateLow, cancellationToken),
            await RowOrders.ReadAsync(file, cancellationToken),
            (await file.ReadTextAsync(RowLayout.ItemId, cancellationToken))!,
            await file.ReadTextAsync(RowLayout.InsertId, cancellationToken));

        public DuplicateKey KeyOf(long high, int row) => new(high, Lows.Values[row]);

        public ReceiptOrder OrderOf(int row) => Orders[row];

        public ReadOnlySpan<byte> InsertIdOf(int row) => InsertIds is null ? default : InsertIds.Utf8(row);

        public ReadOnlySpan<byte> ItemIdOf(int row) => ItemIds.Utf8(row);
    }
}

/// <summary>What becomes of the rows of an append.</summary>
/// <param name="Fresh">The new files, with the rows that go into the table.</param>
/// <param name="Ousted">By path of the table's files, rows that give way to a copy received earlier.</param>
/// <param name="DuplicateRows">All rows that don't stay.</param>
sealed record DuplicateVerdict(IReadOnlyList<RowFile> Fresh, IReadOnlyDictionary<string, List<int>> Ousted, long DuplicateRows);
