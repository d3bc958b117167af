using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Storage.Rows;

namespace Cairn.Query.Scanning;

/// <summary>Finds the person of each row under one map, once per combination of ids in a part where the rules allow it.</summary>
/// <param name="pool">Codes of persons, met under this map and earlier ones.</param>
sealed class PersonResolver(PersonMap map, TextPool pool, ColumnCache cache, int generation)
{
    const int Unknown = -2, PerRow = -3;

    readonly string columnName = $"person {generation}";

    public PersonMap Map => map;

    /// <summary>Which of the project's maps this is, in the order they came.</summary>
    public int Generation => generation;

    /// <summary>The persons met so far, under this map and earlier ones.</summary>
    public TextPool Pool => pool;

    /// <summary>Whose each row of a part is; remembered for as long as no link is made.</summary>
    public ValueTask<PersonColumn> ResolveAsync(IdColumns ids, IEventPart part, CancellationToken cancellationToken) =>
        cache.GetAsync(part.Key, columnName, () => Task.FromResult((new PersonColumn(pool, Resolve(ids, part.RowCount)), 4L * part.RowCount)), cancellationToken);

    /// <summary>Keeps what was found of a part for as long as no link is made.</summary>
    /// <param name="name">What it is.</param>
    public ValueTask<T> KeepAsync<T>(IEventPart part, string name, Func<Task<(T Part, long Bytes)>> make, CancellationToken cancellationToken) where T : class =>
        cache.GetAsync(part.Key, $"{columnName} {name}", make, cancellationToken);

    /// <summary>Whose each row is; -1 for nobody.</summary>
    public int[] Resolve(IdColumns ids, int rowCount)
    {
        var persons = new int[rowCount];
        if (ids is { OnlyDialect: not null, DeviceId.EntryCount: 0, UserId.EntryCount: 0 }) ResolveByDistinctId(ids, persons);
        else ResolveByKey(ids, null, persons);
        return persons;
    }

    /// <summary>Whose each of some rows is.</summary>
    public int[] Resolve(IdColumns ids, int[] rows)
    {
        var persons = new int[rows.Length];
        ResolveByKey(ids, rows, persons);
        return persons;
    }

    void ResolveByDistinctId(IdColumns ids, Span<int> persons)
    {
        var byCode = new int[ids.DistinctId.EntryCount + 1];
        Array.Fill(byCode, Unknown);
        var distinctIds = ids.DistinctId;
        for (var row = 0; row < persons.Length; row++)
        {
            ref var known = ref byCode[distinctIds.CodeAt(row) + 1];
            if (known == Unknown) known = PersonAt(ids, row, out var dependsOnReceipt) is var person && dependsOnReceipt ? PerRow : person;
            persons[row] = known == PerRow ? PersonAt(ids, row, out _) : known;
        }
    }

    void ResolveByKey(IdColumns ids, int[]? rows, Span<int> persons)
    {
        var byKey = new Dictionary<(Dialect, int, int, int), int>();
        var lastKey = ((Dialect)0, -1, -1, -1);
        var known = Unknown;
        for (var i = 0; i < persons.Length; i++)
        {
            var row = rows is null ? i : rows[i];
            var key = ids.KeyAt(row);
            if (key != lastKey)
            {
                lastKey = key;
                if (!byKey.TryGetValue(key, out known))
                    byKey.Add(key, known = PersonAt(ids, row, out var dependsOnReceipt) is var person && dependsOnReceipt ? PerRow : person);
            }
            persons[i] = known == PerRow ? PersonAt(ids, row, out _) : known;
        }
    }

    int PersonAt(IdColumns ids, int row, out bool dependsOnReceipt)
    {
        var seen = ids.At(row);
        dependsOnReceipt = map.DependsOnReceipt(seen);
        var person = map.PersonOf(seen);
        return person.Length == 0 ? -1 : pool.Intern(person);
    }
}
