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
        var csv = new Csv().Row([
            "event", "compared", .. Enumerable.Range(1, keyCount).Select(index => $"key {index}"), .. answer.Starts.Select(start => BucketText.Of(start, definition.Unit.Unit)), "whole",
        ]);
        foreach (var series in answer.Series)
            csv.Row([
                definition.Events[series.EventIndex].Label,
                definition.Compared.Count == 0 ? "" : definition.Compared[series.ComparedIndex].Label,
                .. Enumerable.Range(0, keyCount).Select(index => index < series.Keys.Count ? series.Keys[index] : ""),
                .. series.Values.Select(ValueText.Number), ValueText.Number(series.Whole),
            ]);
        return csv.ToString();
    }
}
