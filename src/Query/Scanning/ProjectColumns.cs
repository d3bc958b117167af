using System.Collections.Concurrent;
using Cairn.Model.Identity;

namespace Cairn.Query.Scanning;

/// <summary>One project's columns in memory: codes that are the same in all its files, and the decoded columns.</summary>
public sealed class ProjectColumns(ColumnCache cache)
{
    readonly ConcurrentDictionary<string, TextPool> pools = new(StringComparer.Ordinal);

    readonly Lock gate = new();
    PersonResolver? persons;
    int generation;

    /// <summary>Who the rows are from; what was found stays while <paramref name="map"/> is the same object.</summary>
    internal PersonResolver PersonsOf(PersonMap map)
    {
        lock (gate) return persons?.Map == map ? persons : persons = new PersonResolver(map, cache, ++generation);
    }

    /// <summary>The codes of a column's texts.</summary>
    public TextPool PoolOf(string column) => pools.GetOrAdd(column, _ => new TextPool());

    /// <summary>A text column; null where the part has none.</summary>
    public async ValueTask<PooledColumn?> TextAsync(IEventPart part, string column, ReadCount count, CancellationToken cancellationToken)
    {
        if (!part.Has(column)) return null;
        if (cache.Find<PooledColumn>(part.Key, column) is { } kept) return kept;
        var read = await part.ReadTextAsync(column, cancellationToken);
        var pool = PoolOf(column);
        var pooledCodes = pool.Intern(read.Entries);
        var codes = new int[read.Codes.Length];
        for (var row = 0; row < codes.Length; row++) codes[row] = read.Codes[row] < 0 ? -1 : pooledCodes[read.Codes[row]];
        return Kept(part, column, new PooledColumn(pool, codes), codes.Length * sizeof(int), count);
    }

    /// <summary>A column of numbers; null where the part has none.</summary>
    public async ValueTask<NumberColumn?> NumberAsync(IEventPart part, string column, ReadCount count, CancellationToken cancellationToken)
    {
        if (!part.Has(column)) return null;
        if (cache.Find<NumberColumn>(part.Key, column) is { } kept) return kept;
        var read = await part.ReadNumberAsync(column, cancellationToken);
        return Kept(part, column, read, read.Values.Length * sizeof(double), count);
    }

    /// <summary>A column of booleans; null where the part has none.</summary>
    public async ValueTask<FlagColumn?> FlagAsync(IEventPart part, string column, ReadCount count, CancellationToken cancellationToken)
    {
        if (!part.Has(column)) return null;
        if (cache.Find<FlagColumn>(part.Key, column) is { } kept) return kept;
        var read = await part.ReadFlagAsync(column, cancellationToken);
        return Kept(part, column, read, read.Values.Length, count);
    }

    /// <summary>A column of whole numbers; null where the part has none.</summary>
    public async ValueTask<LongColumn?> LongAsync(IEventPart part, string column, ReadCount count, CancellationToken cancellationToken)
    {
        if (!part.Has(column)) return null;
        if (cache.Find<LongColumn>(part.Key, column) is { } kept) return kept;
        var read = await part.ReadLongAsync(column, cancellationToken);
        return Kept(part, column, read, read.Values.Length * sizeof(long), count);
    }

    T Kept<T>(IEventPart part, string column, T content, long bytes, ReadCount count) where T : class
    {
        count.Add(bytes);
        return cache.Keep(part.Key, column, content, bytes);
    }
}
