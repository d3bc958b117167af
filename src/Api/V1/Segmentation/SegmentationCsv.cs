using Cairn.Api.Answers;
using Cairn.Api.V1.Query;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Segmentation;

namespace Cairn.Api.V1.Segmentation;

/// <summary>A segmentation answer as a table: a line for each series, its buckets across.</summary>
static class SegmentationCsv
{
    public static string Of(SegmentationDefinition definition, SegmentationAnswer answer)
    {
        var keyCount = answer.Series.Count == 0 ? definition.Breakdowns.Count : answer.Series.Max(series => series.Keys.Count);
        var withKinds = definition.WithOverall || definition.WithOther;
        var csv = new Csv().Row([
            "event", "compared", .. withKinds ? ["kind"] : (string[])[], .. Enumerable.Range(1, keyCount).Select(index => $"key {index}"), .. answer.Starts.Select(start => BucketText.Of(start, definition.Unit.Unit)), "whole",
        ]);
        foreach (var series in answer.Series) AddRow(definition.Events[series.EventIndex].Label, series);
        foreach (var series in answer.Formulas) AddRow(definition.Formulas[series.EventIndex].Label, series);
        return csv.ToString();

        void AddRow(string label, Series series) => csv.Row([
            label,
            definition.Compared.Count == 0 ? "" : definition.Compared[series.ComparedIndex].Label,
            .. withKinds ? [SeriesText.Of(series.Kind)] : (string[])[],
            .. Enumerable.Range(0, keyCount).Select(index => index < series.Keys.Count ? series.Keys[index] : ""),
            .. series.Values.Select(ValueText.Number), ValueText.Number(series.Whole),
        ]);
    }
}
