using Cairn.Query.Scanning;
using Cairn.Storage.Rows;

namespace Cairn.Query.Journeys;

/// <summary>The columns of a layout, gathered when first asked for and kept in the cache under its budget.</summary>
/// <remarks>A column is gathered for all shards at once, for each part's column is then decoded once. Shards are in the layout's order, nobody's last.</remarks>
/// <param name="keepsSources">Whether the parts' own columns stay in the cache as well: for what is soon laid out anew.</param>
sealed class LayoutColumns(JourneyLayout layout, ProjectColumns columns, RowOwners owners, ColumnCache cache, bool keepsSources)
{
    readonly ShardRows[] shards = layout.Nobody is { } nobody ? [.. layout.Shards, nobody] : [.. layout.Shards];

    public IReadOnlyList<ShardRows> Shards => shards;

    /// <summary>Every column that some part has; of two parts that differ in a column's type the first one's.</summary>
    public IReadOnlyList<StoredColumnInfo> Infos { get; } =
        [.. layout.Space.Parts.SelectMany(part => part.Columns).DistinctBy(info => info.Name, StringComparer.Ordinal)];

    public string Key => layout.Key;

    /// <summary>The part and row of a number of the layout's.</summary>
    public (IEventPart Part, int Row) OriginOf(int number)
    {
        var part = layout.Space.PartOf(number);
        return (layout.Space.Parts[part], number - layout.Space.FirstOf(part));
    }

    public bool Has(string column) => layout.Space.Parts.Any(part => part.Has(column));

    /// <summary>A column of a shard as parts store it.</summary>
    public async ValueTask<StoredColumn?> ReadAsync(int shard, string column, CancellationToken cancellationToken)
    {
        if (column == RowLayout.Time) return new Int64Column(shards[shard].Times);
        if (!Has(column)) return null;
        return (await cache.GetAsync(layout.Key, column, () => GatherAsync(column), cancellationToken))[shard];
    }

    /// <summary>A text column of a shard in the project's codes.</summary>
    public async ValueTask<PooledColumn?> ReadTextAsync(int shard, string column, CancellationToken cancellationToken)
    {
        if (!Has(column)) return null;
        var gathered = await cache.GetAsync(layout.Key, $"codes {column}", () => GatherCodesAsync(column), cancellationToken);
        return gathered.Length == 0 ? null : gathered[shard];
    }

    /// <summary>Which person's each row of a shard is: told by the layout, or where it is by another unit by the rows' ids.</summary>
    public ValueTask<PersonColumn> ReadPersonsAsync(ShardPart part, int shard, PersonResolver persons, CancellationToken cancellationToken) =>
        cache.GetAsync(layout.Key, owners is PersonOwners ? $"person {shard}" : $"person {shard} {persons.Generation}", async () =>
        {
            var codes = owners is PersonOwners ? PersonsOf(shards[shard]) : persons.Resolve(await IdColumns.ReadAsync(columns, part, withReceipts: false, new(), CancellationToken.None), part.RowCount);
            return (new PersonColumn(persons.Pool, codes), 4L * codes.Length);
        }, cancellationToken);

    async Task<(StoredColumn?[] Shards, long Bytes)> GatherAsync(string column)
    {
        var ofParts = await ReadPartsAsync(column);
        var result = new StoredColumn?[shards.Length];
        Parallel.For(0, shards.Length, shard => result[shard] = Gathering.Values(layout.Space, shards[shard].Sources, ofParts));
        return (result, result.Sum(gathered => gathered?.MemoryBytes ?? 0));
    }

    async Task<(PooledColumn[] Shards, long Bytes)> GatherCodesAsync(string column)
    {
        // Over an older layout, whose columns are at hand, few rows come from files: each part's codes become the pool's first.
        if (layout.Space.Parts.Any(part => part is IPooledPart)) return await GatherPooledAsync(column);
        var ofParts = Array.ConvertAll(await ReadPartsAsync(column), read => read as TextColumn);
        if (Array.TrueForAll(ofParts, read => read is null)) return ([], 0);
        var pool = columns.PoolOf(column);
        var storedNumbers = Array.ConvertAll(ofParts, read => read is null ? null : PooledCodes.StoredNumbers(pool, read.Dictionary));
        var codeCount = pool.Count;
        var result = new PooledColumn[shards.Length];
        Parallel.For(0, shards.Length, shard => result[shard] = new(pool, Gathering.Codes(layout.Space, shards[shard].Sources, ofParts, storedNumbers, codeCount)));
        return (result, result.Sum(gathered => gathered.Codes.MemoryBytes));
    }

    async Task<(PooledColumn[] Shards, long Bytes)> GatherPooledAsync(string column)
    {
        var ofParts = new PooledColumn?[layout.Space.Parts.Count];
        await Parallel.ForAsync(0, ofParts.Length, async (index, _) =>
            ofParts[index] = await columns.TextAsync(layout.Space.Parts[index], column, new(), CancellationToken.None));
        if (Array.TrueForAll(ofParts, read => read is null)) return ([], 0);
        var pool = columns.PoolOf(column);
        var codeCount = pool.Count;
        var result = Array.ConvertAll(shards, shard => new PooledColumn(pool, Gathering.Codes(layout.Space, shard.Sources, ofParts, codeCount)));
        return (result, result.Sum(gathered => gathered.Codes.MemoryBytes));
    }

    async Task<StoredColumn?[]> ReadPartsAsync(string column)
    {
        var read = new StoredColumn?[layout.Space.Parts.Count];
        // Whoever asked first may leave; the column serves all who wait for it.
        await Parallel.ForAsync(0, read.Length, async (index, _) =>
        {
            var part = layout.Space.Parts[index];
            if (part.Has(column)) read[index] = await (keepsSources ? part.ReadAsync(column, CancellationToken.None) : part.ReadOnceAsync(column, CancellationToken.None));
        });
        return read;
    }

    static int[] PersonsOf(ShardRows shard)
    {
        var codes = new int[shard.RowCount];
        if (shard.Persons.Length == 0) Array.Fill(codes, -1);
        for (var person = 0; person < shard.Persons.Length; person++) codes.AsSpan(shard.Starts[person]..shard.Starts[person + 1]).Fill(shard.Persons[person]);
        return codes;
    }
}
