using System.Collections.Concurrent;
using Cairn.Model.Identity;
using Cairn.Storage.Rows;

namespace Cairn.Query.Scanning;

/// <summary>One project's columns in memory: codes that are the same in all its files, and each file's texts in them.</summary>
/// <remarks>Numbers and booleans need no codes: they are kept where files are read.</remarks>
sealed class ProjectColumns(ColumnCache cache)
{
    readonly ConcurrentDictionary<string, TextPool> pools = new(StringComparer.Ordinal);
    readonly Lock gate = new();
    PersonResolver? persons;
    int generation;

    /// <summary>Who the rows are from; what was found stays while <paramref name="map"/> is the same object.</summary>
    public PersonResolver PersonsOf(PersonMap map)
    {
        lock (gate) return persons?.Map == map ? persons : persons = new PersonResolver(map, cache, ++generation);
    }

    /// <summary>The codes of a column's texts.</summary>
    public TextPool PoolOf(string column) => pools.GetOrAdd(column, _ => new TextPool());

    /// <summary>A text column in the project's codes; null where the part has none.</summary>
    public async ValueTask<PooledColumn?> TextAsync(IEventPart part, string column, ReadCount count, CancellationToken cancellationToken)
    {
        if (!part.Has(column)) return null;
        count.Add(part.RowCount * sizeof(int));
        return await cache.GetAsync(part.Key, $"codes {column}", () => MakeAsync(part, column), cancellationToken);
    }

    async Task<(PooledColumn? Part, long Bytes)> MakeAsync(IEventPart part, string column)
    {
        // Whoever asked first may leave; the column serves all who wait for it.
        if (await part.ReadAsync(column, CancellationToken.None) is not TextColumn read) return (null, 0);
        var pool = PoolOf(column);
        var pooledCodes = pool.Intern(read.Dictionary);
        var codes = new int[read.RowCount];
        for (var row = 0; row < codes.Length; row++) codes[row] = read.Codes[row] == TextColumn.Null ? -1 : pooledCodes[read.Codes[row]];
        return (new(pool, codes), codes.Length * sizeof(int));
    }

    /// <summary>A column as the part holds it; null where the part has none, or none of this type.</summary>
    public static async ValueTask<T?> ReadAsync<T>(IEventPart part, string column, ReadCount count, CancellationToken cancellationToken) where T : StoredColumn
    {
        if (!part.Has(column) || await part.ReadAsync(column, cancellationToken) is not T read) return null;
        count.Add(read.MemoryBytes);
        return read;
    }
}
