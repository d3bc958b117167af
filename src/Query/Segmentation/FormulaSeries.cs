using Cairn.Query.Definitions;
using Cairn.Query.Formulas;

namespace Cairn.Query.Segmentation;

/// <summary>Answers a definition's formulas out of the series of its lines: those of the same compared filter and the same values meet.</summary>
static class FormulaSeries
{
    /// <returns>By formula, then by compared filter, and then in the order of the series; where a formula names its compared filters, one answer for all.</returns>
    public static IReadOnlyList<Series> Of(SegmentationDefinition definition, IReadOnlyList<Series> series, int bucketCount)
    {
        if (definition.Formulas.Count == 0) return [];
        var numbers = series.ToDictionary(SeriesName.Of, one => (double[])[.. one.Values, one.Whole]);
        var nothing = new double[bucketCount + 1];
        // The same values in several lines, once each; the first line that has them says where.
        var groups = series.Select(one => one with { EventIndex = 0, Bins = [] }).DistinctBy(SeriesName.Of).OrderBy(group => group.ComparedIndex).ThenBy(group => group.Kind).ToArray();
        var answers = new List<Series>();
        for (var index = 0; index < definition.Formulas.Count; index++)
        {
            var formula = definition.Formulas[index].Formula;
            var isOfAll = formula.Lines.Any() && formula.Lines.All(line => line.ComparedIndex is not null);
            var own = isOfAll ? groups.Select(group => group with { ComparedIndex = 0 }).DistinctBy(SeriesName.Of) : groups;
            foreach (var group in own)
            {
                var result = FormulaKernel.Evaluate(formula, bucketCount + 1, line =>
                    numbers.GetValueOrDefault(SeriesName.Of(group) with { EventIndex = line.EventIndex, ComparedIndex = line.ComparedIndex ?? group.ComparedIndex }, nothing));
                answers.Add(group with { EventIndex = index, Values = result[..bucketCount], Whole = result[bucketCount] });
            }
        }
        return answers;
    }
}
