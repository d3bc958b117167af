using Cairn.Query.Journeys;
using Cairn.Query.Segmentation;
using Cairn.Query.Turns;

namespace Cairn.Query.Sessions;

/// <summary>What one worker counted for one series.</summary>
sealed class SeriesOfSessions(SessionSeriesKind kind, IReadOnlyList<string> keys, int bucketCount)
{
    public SessionSeriesKind Kind => kind;

    public IReadOnlyList<string> Keys => keys;

    /// <summary>Null where nothing was.</summary>
    public SessionCell?[] Buckets { get; } = new SessionCell?[bucketCount];

    /// <summary>Different persons of the whole range.</summary>
    public UserCount Users = new();

    /// <summary>Sessions of the whole range.</summary>
    public long Sessions => Buckets.Sum(cell => cell?.Sessions ?? 0);

    /// <summary>Sessions that begin and that end with each event, by the name's code.</summary>
    public long[] Entries { get; set; } = [];

    public long[] Exits { get; set; } = [];
}

/// <summary>The series that one worker met.</summary>
/// <param name="chosen">The names of those that are told one by one, all others together; null: every one is.</param>
sealed class SessionTally(SessionsPlan plan, BreakdownColumns breakdowns, IReadOnlySet<string>? chosen, ReportMemory memory)
{
    readonly SeriesTable keys = new();
    readonly List<SeriesOfSessions> series = [];
    readonly List<SeriesOfSessions> found = [];
    readonly SeriesOfSessions? other = chosen is null ? null : new(SessionSeriesKind.Other, [], plan.Buckets.Count);

    public SeriesOfSessions Whole { get; } = new(SessionSeriesKind.Whole, [], plan.Buckets.Count);

    /// <summary>Those of breakdown values, and the other where some are told together.</summary>
    public IEnumerable<SeriesOfSessions> Series => other is null ? series.Distinct() : series.Append(other).Distinct();

    /// <summary>A name for values, with their lengths, for a value may hold any character.</summary>
    public static string NameOf(IEnumerable<string> keys) => string.Concat(keys.Select(key => $"{key.Length}:{key}"));

    /// <summary>All series of a row: the whole, those of its values, and the other once.</summary>
    /// <param name="at">The row's index among those that breakdowns were read for.</param>
    /// <returns>Good until the next call.</returns>
    public List<SeriesOfSessions> SeriesOf(int at)
    {
        found.Clear();
        found.Add(Whole);
        if (breakdowns.Count == 0) return found;
        foreach (var key in breakdowns.SeriesOf(0, at))
        {
            var index = keys.IndexOf(key);
            if (index == series.Count) series.Add(Make(key));
            if (series[index] != other || !found.Contains(series[index])) found.Add(series[index]);
        }
        return found;
    }

    /// <summary>A series' cell of a bucket.</summary>
    public SessionCell CellOf(SeriesOfSessions of, int bucket)
    {
        if (of.Buckets[bucket] is { } known) return known;
        memory.Take(SessionCell.Bytes, "breakdowns", "break down by properties with fewer values, or ask for longer buckets");
        return of.Buckets[bucket] = new();
    }

    /// <summary>Counts what a session begins and ends with.</summary>
    /// <param name="nameCount">Codes of names run from 0 up to this.</param>
    public void CountEnds(SeriesOfSessions of, int entry, int exit, int nameCount)
    {
        if (of.Entries.Length < nameCount)
        {
            memory.Take(2L * sizeof(long) * (nameCount - of.Entries.Length), "breakdowns", "break down by properties with fewer values");
            var (entries, exits) = (of.Entries, of.Exits);
            Array.Resize(ref entries, nameCount);
            Array.Resize(ref exits, nameCount);
            (of.Entries, of.Exits) = (entries, exits);
        }
        of.Entries[entry]++;
        of.Exits[exit]++;
    }

    SeriesOfSessions Make(in SeriesKey key)
    {
        var texts = breakdowns.KeysOf(key);
        if (chosen is not null && !chosen.Contains(NameOf(texts))) return other!;
        memory.Take(sizeof(long) * plan.Buckets.Count + 2 * SessionCell.Bytes, "breakdowns", "break down by properties with fewer values, or ask for longer buckets");
        return new(SessionSeriesKind.Value, texts, plan.Buckets.Count);
    }
}
