using Cairn.Query.Filters;
using Cairn.Query.Scanning;
using Cairn.Query.Segmentation;
using Cairn.Query.Turns;

namespace Cairn.Query.Journeys;

/// <summary>The values of a report's breakdowns at the rows that decide.</summary>
/// <remarks>One worker's own.</remarks>
sealed class BreakdownColumns
{
    readonly ValueMemo<int>[] breakdowns;
    readonly int[][] columns;
    readonly List<SeriesKey> found = [];
    readonly string missingKey;
    int[] rows = [];
    int[] groups = [];

    public BreakdownColumns(IReadOnlyList<CompiledExpression> expressions, string missingKey, ReportMemory memory)
    {
        this.missingKey = missingKey;
        Groups = new(missingKey, memory);
        breakdowns = [.. expressions.Select(expression => new ValueMemo<int>(expression, Groups.NumberOf))];
        columns = [.. breakdowns.Select(_ => Array.Empty<int>())];
    }

    public int Count => breakdowns.Length;

    /// <summary>The values met, each with a number.</summary>
    public GroupKeys Groups { get; }

    /// <summary>Reads the values of the matched rows that meet a condition.</summary>
    /// <param name="bit">The condition, as a mask.</param>
    public void Read(PartColumns part, StepMatches matches, uint bit)
    {
        if (breakdowns.Length == 0) return;
        if (rows.Length < matches.RowCount)
        {
            rows = new int[matches.RowCount];
            groups = new int[matches.RowCount];
            for (var i = 0; i < columns.Length; i++) columns[i] = new int[matches.RowCount];
        }
        var masks = matches.Masks;
        var all = matches.Rows;
        var count = 0;
        for (var i = 0; i < all.Length; i++)
            if ((masks[i] & bit) != 0) rows[count++] = all[i];
        for (var i = 0; i < breakdowns.Length; i++)
        {
            breakdowns[i].Evaluate(part, rows.AsSpan(0, count), groups.AsSpan(0, count));
            var next = 0;
            for (var at = 0; at < all.Length; at++)
                if ((masks[at] & bit) != 0) columns[i][at] = groups[next++];
        }
    }

    /// <summary>Reads the values of some rows.</summary>
    public void Read(PartColumns part, ReadOnlySpan<int> some)
    {
        for (var i = 0; i < breakdowns.Length; i++)
        {
            if (columns[i].Length < some.Length) columns[i] = new int[some.Length];
            breakdowns[i].Evaluate(part, some, columns[i].AsSpan(0, some.Length));
        }
    }

    /// <summary>Whether two rows have the same values, and so the same series.</summary>
    public bool AreSame(int at, int other)
    {
        foreach (var column in columns)
            if (column[at] != column[other]) return false;
        return true;
    }

    /// <summary>The series of a row: several where a value is a list.</summary>
    /// <param name="line">The line of the report that they belong to.</param>
    /// <param name="at">The row's index among those read.</param>
    /// <returns>Good until the next call.</returns>
    public List<SeriesKey> SeriesOf(int line, int at)
    {
        found.Clear();
        Add(new(line), 0, at);
        return found;
    }

    /// <summary>The values that a series is of, as text.</summary>
    public string[] KeysOf(in SeriesKey key)
    {
        var texts = new string[breakdowns.Length];
        for (var i = 0; i < texts.Length; i++) texts[i] = Groups.Texts[key[i]] ?? missingKey;
        return texts;
    }

    void Add(in SeriesKey key, int breakdown, int at)
    {
        if (breakdown == columns.Length)
        {
            found.Add(key);
            return;
        }
        var group = columns[breakdown][at];
        if (group >= 0) Add(key.With(breakdown, group), breakdown + 1, at);
        else
            foreach (var element in Groups.ElementsOf(group)) Add(key.With(breakdown, element), breakdown + 1, at);
    }
}
