using Cairn.Query.Definitions;

namespace Cairn.Query.Segmentation;

/// <summary>Which series of breakdown values are answered: the largest of each line, or where lines meet in formulas the largest of all lines together.</summary>
/// <param name="Chosen">Of each metric's cells: the series, by line and then the largest first.</param>
/// <param name="BeforeLimit">How many there were.</param>
sealed record SeriesChoice(IReadOnlyList<IReadOnlyList<int>> Chosen, int BeforeLimit)
{
    /// <param name="kept">Those of another answer, which are chosen again; null: the largest.</param>
    public static SeriesChoice Of(SegmentationDefinition definition, IReadOnlyList<ICountedSeries> metrics, IReadOnlyDictionary<SeriesName, int>? kept)
    {
        if (kept is not null) return new([.. metrics.Select(cells => Kept(cells, kept))], 0);
        return definition.Formulas.Count > 0 ? Together(definition, metrics) : EachLine(definition, metrics);
    }

    static int[] Kept(ICountedSeries cells, IReadOnlyDictionary<SeriesName, int> kept) =>
        [.. cells.Values.Where(index => kept.ContainsKey(cells.NameOf(index))).OrderBy(index => kept[cells.NameOf(index)])];

    static SeriesChoice EachLine(SegmentationDefinition definition, IReadOnlyList<ICountedSeries> metrics)
    {
        var chosen = metrics.Select(cells => (IReadOnlyList<int>)[.. cells.Values
            .GroupBy(cells.LineOf).OrderBy(line => line.Key)
            .SelectMany(line => line.OrderByDescending(cells.SizeOf).ThenBy(cells.OrderOf, StringComparer.Ordinal).Take(definition.Limit))]);
        return new([.. chosen], metrics.Sum(cells => cells.Values.Count()));
    }

    static SeriesChoice Together(SegmentationDefinition definition, IReadOnlyList<ICountedSeries> metrics)
    {
        var sizes = new Dictionary<(int Compared, string Keys), (double Size, string Order)>();
        foreach (var cells in metrics)
            foreach (var index in cells.Values)
            {
                var name = cells.NameOf(index);
                sizes[(name.ComparedIndex, name.Keys)] = (sizes.GetValueOrDefault((name.ComparedIndex, name.Keys)).Size + cells.SizeOf(index), cells.OrderOf(index));
            }
        var places = sizes.GroupBy(size => size.Key.Compared)
            .SelectMany(group => group.OrderByDescending(size => size.Value.Size).ThenBy(size => size.Value.Order, StringComparer.Ordinal).Take(definition.Limit).Select((size, place) => (size.Key, place)))
            .ToDictionary(placed => placed.Key, placed => placed.place);
        int? PlaceOf(ICountedSeries cells, int index) =>
            places.TryGetValue((cells.NameOf(index).ComparedIndex, cells.NameOf(index).Keys), out var place) ? place : null;
        var chosen = metrics.Select(cells => (IReadOnlyList<int>)[.. cells.Values
            .Where(index => PlaceOf(cells, index) is not null).OrderBy(cells.LineOf).ThenBy(index => PlaceOf(cells, index))]);
        return new([.. chosen], sizes.Count);
    }
}

/// <summary>The series that were counted for one metric, to be chosen from.</summary>
interface ICountedSeries
{
    /// <summary>The series of breakdown values, by number.</summary>
    IEnumerable<int> Values { get; }

    /// <summary>Which of the plan's lines it is of.</summary>
    int LineOf(int index);

    /// <summary>By what the largest are chosen.</summary>
    double SizeOf(int index);

    /// <summary>By what equal ones are ordered.</summary>
    string OrderOf(int index);

    SeriesName NameOf(int index);
}

/// <summary>A series of an answer, by what it stands for.</summary>
/// <param name="Keys">The breakdowns' values with their lengths, for a value may hold any character.</param>
readonly record struct SeriesName(int EventIndex, int ComparedIndex, SeriesKind Kind, string Keys)
{
    public static SeriesName Of(Series series) => new(series.EventIndex, series.ComparedIndex, series.Kind, TextOf(series.Keys));

    public static string TextOf(IReadOnlyList<string> keys) => string.Concat(keys.Select(key => $"{key.Length}:{key}"));
}
