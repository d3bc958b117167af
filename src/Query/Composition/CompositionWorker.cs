using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Journeys;
using Cairn.Query.Segmentation;
using Cairn.Query.Turns;

namespace Cairn.Query.Composition;

/// <summary>Divides the people of some shards by their values. Each thread has its own.</summary>
sealed class CompositionWorker
{
    readonly CompositionDefinition definition;
    readonly CellBudget budget;
    readonly Func<IReadOnlyList<string>, bool>? isMeant;
    readonly StepScan scan;
    readonly BreakdownColumns values;
    readonly SeriesTable keys = new();
    readonly List<string[]> texts = [];
    readonly List<int> lastPerson = [];
    readonly Dictionary<string, int> sets = new(StringComparer.Ordinal);
    readonly List<CompositionTally> series = [];
    readonly List<int> own = [];

    /// <param name="isMeant">The series whose people are wanted; null: nobody's.</param>
    public CompositionWorker(CompositionDefinition definition, IReadOnlyList<CompiledExpression> by, CellBudget budget, ReportMemory memory, Func<IReadOnlyList<string>, bool>? isMeant)
    {
        (this.definition, this.budget, this.isMeant) = (definition, budget, isMeant);
        scan = new([StepCondition.Of(definition.Events)], definition.Filter);
        values = new(by, definition.Switches.MissingKey, memory);
    }

    /// <summary>Everybody who was active.</summary>
    public int People { get; private set; }

    /// <summary>One for each value, or set of values, that somebody had.</summary>
    public IReadOnlyList<CompositionTally> Series => series;

    /// <summary>The series of the people who are in several: how many, then which, and so on.</summary>
    public List<int> InSeveral { get; } = [];

    /// <summary>Codes of the people who are wanted.</summary>
    public List<int> Watched { get; } = [];

    public void Work(JourneyShard shard)
    {
        var matches = scan.Match(shard, definition.Range);
        values.Read(shard.Columns, matches.Rows);
        for (var place = 0; place < matches.PersonCount; place++)
        {
            shard.Columns.PauseAt(place);
            var (start, end) = (matches.Starts[place], matches.Starts[place + 1]);
            var person = shard.Persons[matches.Places[place]];
            own.Clear();
            var first = definition.Values == CompositionValues.Latest ? end - 1 : start;
            for (var i = first; i < end; i++)
            {
                // Most events of a person carry the value of the one before.
                if (i > first && values.AreSame(i, i - 1)) continue;
                foreach (var key in values.SeriesOf(0, i)) Note(person, key);
            }
            if (definition.Values == CompositionValues.Set) BecomeSet();
            Count(person);
        }
    }

    /// <summary>Notes a value of the person at hand, once.</summary>
    void Note(int person, in SeriesKey key)
    {
        var index = keys.IndexOf(key);
        if (index == texts.Count)
        {
            budget.TakeBytes(200);
            texts.Add(values.KeysOf(key));
            lastPerson.Add(-1);
            if (definition.Values != CompositionValues.Set) Add(texts[index]);
        }
        if (lastPerson[index] == person) return;
        lastPerson[index] = person;
        own.Add(index);
    }

    /// <summary>Puts the set of the person's values in their place.</summary>
    void BecomeSet()
    {
        own.Sort();
        var name = string.Join(',', own);
        if (!sets.TryGetValue(name, out var index))
        {
            budget.TakeBytes(200 + 2 * name.Length);
            sets.Add(name, index = series.Count);
            Add([.. own.Select(value => texts[value][0]).Order(StringComparer.Ordinal)]);
        }
        own.Clear();
        own.Add(index);
    }

    void Add(string[] text) => series.Add(new(text, isMeant?.Invoke(text) ?? false));

    void Count(int person)
    {
        People++;
        var isWatched = false;
        foreach (var index in own)
        {
            series[index].People++;
            if (own.Count == 1) series[index].Alone++;
            isWatched |= series[index].IsMeant;
        }
        if (isWatched) Watched.Add(person);
        if (own.Count == 1) return;
        budget.Take(0, own.Count + 1);
        InSeveral.Add(own.Count);
        InSeveral.AddRange(own);
    }
}

/// <summary>The people of one value as one worker counted them.</summary>
/// <param name="keys">The value of each property, or the values of the set.</param>
/// <param name="isMeant">Whether its people's names are wanted.</param>
sealed class CompositionTally(string[] keys, bool isMeant)
{
    public string[] Keys => keys;

    public bool IsMeant => isMeant;

    public int People { get; set; }

    /// <summary>Of them, those who have no other value.</summary>
    public int Alone { get; set; }
}
