using System.Globalization;
using Cairn.Api.Answers;
using Cairn.Api.V1.Query;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Funnels;

namespace Cairn.Api.V1.Funnels;

/// <summary>A funnel's answer as CSV: a line for each step of each series, over the whole range and then for each bucket.</summary>
static class FunnelCsv
{
    public static TextAnswer Of(FunnelDefinition definition, FunnelAnswer answer)
    {
        var csv = new Csv().Row([
            "kind", "compared", .. definition.Breakdowns.Select((_, index) => $"key_{index + 1}"), "bucket", "step", "label", "count", "dropped", "excluded", "from_previous", "from_first", "sum",
            "average_ms_from_previous", "median_ms_from_previous", "average_ms_from_start", "median_ms_from_start"]);
        foreach (var series in answer.Series)
        {
            AddTo(csv, definition, series, "", series.Whole);
            for (var bucket = 0; bucket < series.Buckets.Count; bucket++)
                AddTo(csv, definition, series, BucketText.Of(answer.Starts[bucket], definition.Unit!.Value.Unit), series.Buckets[bucket]);
        }
        return new("text/csv; charset=utf-8", csv.ToString());
    }

    public static TextAnswer OfPeople(IReadOnlyList<FunnelPerson> people)
    {
        var csv = new Csv().Row("person", "entered_at", "reached", "end");
        foreach (var person in people) csv.Row(person.Person, CoverageHeaders.Iso(person.EntryMs), Whole(person.Reached), FunnelJson.EndWord(person.End));
        return new("text/csv; charset=utf-8", csv.ToString());
    }

    static void AddTo(Csv csv, FunnelDefinition definition, FunnelSeries series, string bucket, FunnelCounts counts)
    {
        string[] keys = [.. definition.Breakdowns.Select((_, index) => index < series.Keys.Count ? series.Keys[index] : "")];
        var compared = definition.Compared.Count == 0 ? "" : definition.Compared[series.ComparedIndex].Label;
        for (var i = 0; i < counts.Steps.Count; i++)
        {
            var step = counts.Steps[i];
            var dropped = i + 1 < counts.Steps.Count ? step.Reached - counts.Steps[i + 1].Reached : 0;
            csv.Row([
                FunnelJson.KindWord(series.Kind), compared, .. keys, bucket, Whole(i + 1), definition.Steps[i].Name, Whole(step.Reached), Whole(dropped), Whole(step.Excluded),
                ValueText.Number(step.FromPrevious), ValueText.Number(step.FromFirst), definition.Sum is null ? "" : ValueText.Number(step.Sum),
                Ms(step.TimeFromPrevious?.AverageMs), Ms(step.TimeFromPrevious?.Spread?.MedianMs), Ms(step.TimeFromStart?.AverageMs), Ms(step.TimeFromStart?.Spread?.MedianMs)]);
        }
    }

    static string Ms(double? ms) => ms is { } known ? ValueText.Number(known) : "";

    static string Whole(long number) => number.ToString(CultureInfo.InvariantCulture);
}
