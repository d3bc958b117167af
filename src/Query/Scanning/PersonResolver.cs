using Cairn.Model;

namespace Cairn.Query.Scanning;

/// <summary>Finds the person of each row, once per id where the rules allow it, and remembers it for as long as the people stay the same.</summary>
sealed class PersonResolver(IPeople people, ColumnCache cache, int generation)
{
    readonly Lock gate = new();
    readonly string columnName = $"person {generation}";

    /// <summary>Per dialect, by code of the distinct id: -2 not asked yet, -1 nobody.</summary>
    readonly Dictionary<Dialect, int[]> byDistinctId = [];

    public IPeople People => people;

    /// <summary>The persons met so far.</summary>
    public TextPool Pool { get; } = new();

    public PersonColumn Resolve(IdColumns ids, IEventPart part)
    {
        if (cache.Find<PersonColumn>(part.Key, columnName) is { } kept) return kept;
        var codes = new int[part.RowCount];
        lock (gate)
            for (var row = 0; row < codes.Length; row++) codes[row] = PersonAt(ids, row);
        return cache.Keep(part.Key, columnName, new PersonColumn(Pool, codes), codes.Length * sizeof(int));
    }

    int PersonAt(IdColumns ids, int row)
    {
        var dialect = ids.DialectAt(row);
        var distinctId = ids.DistinctId?.Codes[row] ?? -1;
        if (distinctId < 0 || people.DependsOnReceipt(dialect)) return CodeOf(people.PersonOf(ids.At(row)));
        if (!byDistinctId.TryGetValue(dialect, out var known) || known.Length <= distinctId)
        {
            var larger = new int[Math.Max(ids.DistinctId!.Pool.Count, distinctId + 1)];
            Array.Fill(larger, -2);
            known?.CopyTo(larger, 0);
            byDistinctId[dialect] = known = larger;
        }
        if (known[distinctId] == -2) known[distinctId] = CodeOf(people.PersonOf(ids.At(row)));
        return known[distinctId];
    }

    int CodeOf(string? person) => string.IsNullOrEmpty(person) ? -1 : Pool.Intern(person);
}
