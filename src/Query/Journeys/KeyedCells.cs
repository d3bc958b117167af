namespace Cairn.Query.Journeys;

/// <summary>What several workers counted for the same values of the breakdowns, together.</summary>
static class KeyedCells
{
    /// <summary>Each combination of values once, with what every worker counted for it.</summary>
    public static IEnumerable<(string[] Keys, List<T> Cells)> Join<T>(IEnumerable<(string[] Keys, T Cells)> ofWorkers)
    {
        var byName = new Dictionary<string, (string[] Keys, List<T> Cells)>(StringComparer.Ordinal);
        foreach (var (keys, cells) in ofWorkers)
        {
            // With their lengths, for a value may hold any character.
            var name = string.Concat(keys.Select(key => $"{key.Length}:{key}"));
            if (!byName.TryGetValue(name, out var named)) byName.Add(name, named = (keys, []));
            named.Cells.Add(cells);
        }
        return byName.Values;
    }
}
