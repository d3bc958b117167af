using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Storage.Rows;

namespace Cairn.Query.Scanning;

/// <summary>Finds the person of each row, once per combination of ids where the rules allow it, and remembers it for as long as no link is made.</summary>
sealed class PersonResolver(PersonMap map, TextPool pool, ColumnCache cache, int generation)
{
    readonly Lock gate = new();
    readonly string columnName = $"person {generation}";
    readonly Dictionary<(Dialect Dialect, int DistinctId, int DeviceId, int UserId), int> byIds = [];

    public PersonMap Map => map;

    /// <summary>The persons met so far, under this map and earlier ones.</summary>
    public TextPool Pool => pool;

    public ValueTask<PersonColumn> ResolveAsync(IdColumns ids, IEventPart part, CancellationToken cancellationToken) =>
        cache.GetAsync(part.Key, columnName, () => Task.FromResult(Resolve(ids, part.RowCount)), cancellationToken);

    (PersonColumn Part, long Bytes) Resolve(IdColumns ids, int rowCount)
    {
        var codes = new int[rowCount];
        lock (gate)
            for (var row = 0; row < codes.Length; row++) codes[row] = PersonAt(ids, row);
        return (new(Pool, codes), codes.Length * sizeof(int));
    }

    int PersonAt(IdColumns ids, int row)
    {
        var key = ids.KeyAt(row);
        if (byIds.TryGetValue(key, out var known)) return known;
        var seen = ids.At(row);
        var person = map.PersonOf(seen);
        var code = person.Length == 0 ? -1 : Pool.Intern(person);
        if (!DependsOnReceipt(seen)) byIds.Add(key, code);
        return code;
    }

    bool DependsOnReceipt(in SeenIds seen) =>
        seen.Dialect == Dialect.Amplitude && string.IsNullOrEmpty(seen.UserId)
        && map.DependsOnReceipt(string.IsNullOrEmpty(seen.DeviceId) ? seen.DistinctId ?? "" : AnonymousId.DevicePrefix + seen.DeviceId);
}
