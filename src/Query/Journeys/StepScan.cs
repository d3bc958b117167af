using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Scanning;

namespace Cairn.Query.Journeys;

/// <summary>Finds in a shard the rows that meet any of a report's conditions, and which.</summary>
/// <remarks>One worker's own: judges each name and each dictionary entry once, and uses its arrays again for the next shard.</remarks>
sealed class StepScan
{
    /// <summary>Conditions of one report: a bit each.</summary>
    public const int MaxConditions = 32;

    readonly NameTable mayMeet, meetsByName;
    readonly RowFilter? filter;
    readonly List<(int Condition, NameTable Names, RowFilter Filter)> filtered = [];
    readonly StepMatches matches = new();
    int[] candidates = [];

    /// <param name="conditions">Condition i is bit i of the masks.</param>
    /// <param name="filter">What must be true of every row beside; null: nothing.</param>
    /// <exception cref="ExpressionException">The form of an expression shows that it is no condition.</exception>
    public StepScan(IReadOnlyList<StepCondition> conditions, Expression? filter = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(conditions.Count, MaxConditions);
        mayMeet = new(name => MaskOf(conditions, name, _ => true));
        meetsByName = new(name => MaskOf(conditions, name, selection => selection.Filter is null));
        this.filter = filter is null ? null : RowFilter.Of(filter);
        for (var condition = 0; condition < conditions.Count; condition++)
            foreach (var selection in conditions[condition].AnyOf)
                if (selection.Filter is { } own) filtered.Add((condition, new(name => selection.Covers(name) ? 1u : 0), RowFilter.Of(own)));
    }

    /// <summary>The rows inside the range that meet some condition, person by person.</summary>
    /// <returns>Good until the next call.</returns>
    public StepMatches Match(JourneyShard shard, TimeRange range)
    {
        var part = shard.Columns;
        part.Turn?.Pause();
        matches.Begin(shard);
        var count = part.Events.Codes.Select(mayMeet.For(part.Events.Pool), matches.RowBuffer);
        count = InRange(shard, range, matches.RowBuffer, count);
        if (filter is not null) count = filter.Keep(part, matches.RowBuffer.AsSpan(0, count));
        var rows = matches.RowBuffer.AsSpan(0, count);
        var masks = matches.MaskBuffer.AsSpan(0, count);
        part.Events.Codes.LookUp(meetsByName.For(part.Events.Pool), rows, masks);
        foreach (var (condition, own, filter) in filtered) Judge(part, rows, masks, condition, own, filter);
        matches.End(shard, filtered.Count == 0 ? count : WithoutUnmet(rows, masks));
        return matches;
    }

    /// <summary>Keeps those of the rows that lie in the range and not in a gap; gives how many.</summary>
    static int InRange(JourneyShard shard, TimeRange range, Span<int> rows, int count)
    {
        var part = shard.Columns;
        if (!part.Rows.Live.IsAll) return EventScan.InRange(part, range, rows, count);
        count = part.Gaps.Keep(rows, count);
        return part.IsWithin(range) ? count : shard.Slots.Keep(range, shard.Times, rows, count);
    }

    /// <summary>Adds a condition to the masks of the rows that one of its filtered selections selects.</summary>
    void Judge(PartColumns part, ReadOnlySpan<int> rows, Span<uint> masks, int condition, NameTable own, RowFilter filter)
    {
        if (candidates.Length < rows.Length) candidates = new int[matches.RowBuffer.Length];
        var names = own.For(part.Events.Pool);
        var (codes, count) = (part.Events.Codes, 0);
        foreach (var row in rows)
            if (names[codes[row] + 1] != 0) candidates[count++] = row;
        count = filter.Keep(part, candidates.AsSpan(0, count));
        // Both ascend.
        var at = 0;
        foreach (var row in candidates.AsSpan(0, count))
        {
            while (rows[at] != row) at++;
            masks[at] |= 1u << condition;
        }
    }

    static int WithoutUnmet(Span<int> rows, Span<uint> masks)
    {
        var kept = 0;
        for (var i = 0; i < rows.Length; i++)
        {
            (rows[kept], masks[kept]) = (rows[i], masks[i]);
            if (masks[i] != 0) kept++;
        }
        return kept;
    }

    static uint MaskOf(IReadOnlyList<StepCondition> conditions, string name, Func<EventSelection, bool> counts)
    {
        var mask = 0u;
        for (var i = 0; i < conditions.Count; i++)
            if (conditions[i].AnyOf.Any(selection => counts(selection) && selection.Covers(name))) mask |= 1u << i;
        return mask;
    }
}
