using Cairn.Query.Scanning;

namespace Cairn.Query.Journeys;

/// <summary>Some of a shard's persons, by place, ascending.</summary>
sealed class PersonSet
{
    readonly ulong[] words;

    /// <param name="places">In any order, each once.</param>
    /// <param name="shard">Whose persons they are.</param>
    public PersonSet(IEnumerable<int> places, ShardRows shard)
    {
        Places = [.. places.Order()];
        words = new ulong[(shard.Persons.Length + 63) >> 6];
        foreach (var place in Places) words[place >> 6] |= 1UL << (place & 63);
        Rows = GapsOf(shard.Starts);
    }

    PersonSet(RowGaps rows) => (words, Places, Rows) = ([], [], rows);

    public static PersonSet Empty { get; } = new(RowGaps.None);

    /// <summary>No person, yet every row: of the rows of nobody.</summary>
    public static PersonSet AllRowsOf(ShardRows nobody) => new(new RowGaps([0], [nobody.RowCount]));

    public IReadOnlyList<int> Places { get; }

    /// <summary>All their rows.</summary>
    public RowGaps Rows { get; }

    public bool this[int place] => words.Length > 0 && (words[place >> 6] >> (place & 63) & 1) != 0;

    RowGaps GapsOf(int[] starts)
    {
        var (from, until) = (new List<int>(), new List<int>());
        foreach (var place in Places)
        {
            if (until.Count > 0 && until[^1] == starts[place]) until[^1] = starts[place + 1];
            else
            {
                from.Add(starts[place]);
                until.Add(starts[place + 1]);
            }
        }
        return new([.. from], [.. until]);
    }
}
