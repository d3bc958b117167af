using System.Text.Json;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Funnels;

namespace Cairn.Api.Mixpanel;

/// <summary>A funnel's buckets as Mixpanel answers them: <c>{"meta": {"dates": […]}, "data": {date: {"steps": […], "analysis": {…}}}}</c>.</summary>
/// <remarks>Source: Mixpanel's query API reference, "Query Saved Report: Funnels"; with a breakdown each date holds lists of steps by value, "$overall" first.</remarks>
static class FunnelTable
{
    const string Overall = "$overall", Other = "$other";

    public static void Write(Utf8JsonWriter json, FunnelDefinition definition, FunnelAnswer answer)
    {
        var dates = answer.Starts.Select(start => SeriesTable.DateKey(start, TimeUnit.Day)).ToArray();
        json.WriteStartObject();
        json.WriteStartObject("meta");
        json.WriteStartArray("dates");
        foreach (var date in dates) json.WriteStringValue(date);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartObject("data");
        for (var bucket = 0; bucket < dates.Length; bucket++)
        {
            json.WriteStartObject(dates[bucket]);
            if (definition.Breakdowns.Count == 0)
            {
                WriteSteps(json, "steps", definition, answer.Series[0].Buckets[bucket]);
                WriteAnalysis(json, answer.Series[0].Buckets[bucket]);
            }
            else
            {
                foreach (var series in answer.Series) WriteSteps(json, KeyOf(series), definition, series.Buckets[bucket]);
            }
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    static string KeyOf(FunnelSeries series) => series.Kind switch
    {
        FunnelSeriesKind.Whole => Overall,
        FunnelSeriesKind.Other => Other,
        FunnelSeriesKind.Value => string.Join(", ", series.Keys),
    };

    static void WriteSteps(Utf8JsonWriter json, string name, FunnelDefinition definition, FunnelCounts counts)
    {
        json.WriteStartArray(name);
        for (var i = 0; i < counts.Steps.Count; i++)
        {
            var (step, called) = (counts.Steps[i], definition.Steps[i]);
            var eventName = called.AnyOf[0].Names is [var only] ? only : called.AnyOf[0].Label;
            json.WriteStartObject();
            json.WriteNumber("count", step.Reached);
            WriteSeconds(json, "avg_time", step.TimeFromPrevious);
            WriteSeconds(json, "avg_time_from_start", step.TimeFromStart);
            WriteNumber(json, "step_conv_ratio", step.FromPrevious);
            json.WriteString("goal", eventName);
            json.WriteString("step_label", called.Name);
            WriteNumber(json, "overall_conv_ratio", step.FromFirst);
            json.WriteString("event", eventName);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>The worst step is the one that the smallest share of those before it reached.</summary>
    static void WriteAnalysis(Utf8JsonWriter json, FunnelCounts counts)
    {
        var worst = counts.Steps.Count == 1 ? 0 : Enumerable.Range(1, counts.Steps.Count - 1).MinBy(step => counts.Steps[step].FromPrevious);
        json.WriteStartObject("analysis");
        json.WriteNumber("completion", counts.Converted);
        json.WriteNumber("starting_amount", counts.Entered);
        json.WriteNumber("steps", counts.Steps.Count);
        json.WriteNumber("worst", worst);
        json.WriteEndObject();
    }

    static void WriteSeconds(Utf8JsonWriter json, string name, FunnelTimes? times)
    {
        if (times is null) json.WriteNull(name);
        else json.WriteNumber(name, (long)Math.Round(times.AverageMs / 1000));
    }

    static void WriteNumber(Utf8JsonWriter json, string name, double number)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(ValueText.Number(number));
    }
}
