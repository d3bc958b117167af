using Cairn.Query.Definitions;
using Cairn.Query.Journeys;
using Cairn.Query.Segmentation;

namespace Cairn.Query.Retention;

/// <summary>The series that one worker met, each with its cells.</summary>
sealed class RetentionSeriesTable : IRetentionTable
{
    readonly RetentionPlan plan;
    readonly BreakdownColumns breakdowns;
    readonly CellBudget budget;
    readonly RetentionCell? watched;
    readonly SeriesTable keys = new();
    readonly List<SeriesCells> cells = [];
    readonly SeriesCells[] overall;

    /// <param name="watched">A cell whose people are wanted.</param>
    public RetentionSeriesTable(RetentionPlan plan, BreakdownColumns breakdowns, CellBudget budget, RetentionCell? watched)
    {
        (this.plan, this.breakdowns, this.budget, this.watched) = (plan, breakdowns, budget, watched);
        if (watched is not null) Watched = new(RowOf(plan, watched), watched.Bucket ?? -1);
        overall = [.. plan.Compared.Select((_, index) => Make(index, []))];
    }

    /// <summary>The people of the cell that is watched; null where none is.</summary>
    public WatchedCell? Watched { get; }

    public SeriesCells this[int index] => cells[index];

    /// <summary>The series of all under one compared filter.</summary>
    public SeriesCells Overall(int compared) => overall[compared];

    /// <summary>The number of a series, given to it where it is new.</summary>
    public int IndexOf(in SeriesKey key)
    {
        var index = keys.IndexOf(key);
        if (index == cells.Count) cells.Add(Make(key.Line, breakdowns.KeysOf(key)));
        return index;
    }

    /// <summary>The series under one compared filter, with their values as text.</summary>
    public IEnumerable<(string[] Keys, SeriesCells Cells)> Of(int compared) =>
        Enumerable.Range(0, cells.Count).Where(index => keys.Keys[index].Line == compared).Select(index => (breakdowns.KeysOf(keys.Keys[index]), cells[index]));

    IRetentionCells IRetentionTable.Overall(int compared) => Overall(compared);

    IEnumerable<(string[] Keys, IRetentionCells Cells)> IRetentionTable.Of(int compared) => Of(compared).Select(one => (one.Keys, (IRetentionCells)one.Cells));

    public void Finish()
    {
        foreach (var series in overall) series.Finish();
        foreach (var series in cells) series.Finish();
    }

    SeriesCells Make(int compared, string[] texts)
    {
        budget.TakeBytes(SeriesCells.BytesOf(plan.Rules));
        return new(plan.Rules, plan.Complete, budget, plan.SumOf is not null)
        {
            Watched = watched is not null && watched.ComparedIndex == compared && watched.Keys.SequenceEqual(texts) ? Watched : null,
        };
    }

    static int RowOf(RetentionPlan plan, RetentionCell cell)
    {
        if (cell.Row is not { } date) return -1;
        for (var row = 0; row < plan.Rules.RowCount; row++)
            if (plan.Rules.RowStarts[row].Date == date) return row;
        throw new DefinitionException("people.row", $"no row begins on {date:uuuu-MM-dd}; the answer names them");
    }
}
