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
    PersonResolver? resolver;
    int generation;

    /// <summary>Who the rows are from; what was found stays while <paramref name="map"/> is the same object. A person's code stays for good.</summary>
    public PersonResolver PersonsOf(PersonMap map)
    {
        lock (gate) return resolver?.Map == map ? resolver : resolver = new PersonResolver(map, Persons, cache, ++generation);
    }

    /// <summary>The codes of persons, whoever was met under any map.</summary>
    public TextPool Persons { get; } = new();

    /// <summary>The codes of a column's texts.</summary>
    public TextPool PoolOf(string column) => pools.GetOrAdd(column, _ => new TextPool());

    /// <summary>A text column in the project's codes; null where the part has none.</summary>
    public async ValueTask<PooledColumn?> TextAsync(IEventPart part, string column, ReadCount count, CancellationToken cancellationToken)
    {
        if (!part.Has(column)) return null;
        var read = part is IPooledPart pooled
            ? await pooled.ReadTextAsync(column, cancellationToken)
            : part is OnceRead ? (await MakeAsync(part, column)).Part
            : await cache.GetAsync(part.Key, $"codes {column}", () => MakeAsync(part, column), cancellationToken);
        count.Add(read?.Codes.MemoryBytes ?? 0);
        return read;
    }

    async Task<(PooledColumn? Part, long Bytes)> MakeAsync(IEventPart part, string column)
    {
        // Whoever asked first may leave; the column serves all who wait for it.
        if (await part.ReadAsync(column, CancellationToken.None) is not TextColumn read) return (null, 0);
        var made = PooledCodes.Of(PoolOf(column), read);
        return (made, made.Codes.MemoryBytes);
    }

    /// <summary>A column as the part holds it; null where the part has none, or none of this type.</summary>
    public static async ValueTask<T?> ReadAsync<T>(IEventPart part, string column, ReadCount count, CancellationToken cancellationToken) where T : StoredColumn
    {
        if (!part.Has(column) || await part.ReadAsync(column, cancellationToken) is not T read) return null;
        count.Add(read.MemoryBytes);
        return read;
    }
}
