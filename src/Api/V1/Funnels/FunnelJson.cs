using System.Text.Json;
using Cairn.Api.Answers;
using Cairn.Api.V1.Query;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Funnels;

namespace Cairn.Api.V1.Funnels;

/// <summary>Writes a funnel's answer, and the people behind a number, as JSON.</summary>
static class FunnelJson
{
    public static void Write(Utf8JsonWriter json, FunnelDefinition definition, FunnelAnswer answer)
    {
        json.WriteStartObject();
        json.WriteStartArray("steps");
        foreach (var step in definition.Steps) json.WriteStringValue(step.Name);
        json.WriteEndArray();
        if (definition.Unit is { } unit)
        {
            json.WriteStartArray("buckets");
            foreach (var start in answer.Starts) json.WriteStringValue(BucketText.Of(start, unit.Unit));
            json.WriteEndArray();
            json.WriteStartArray("complete");
            foreach (var isComplete in answer.AreComplete) json.WriteBooleanValue(isComplete);
            json.WriteEndArray();
        }
        json.WriteStartArray("series");
        foreach (var series in answer.Series) WriteSeries(json, definition, series);
        json.WriteEndArray();
        json.WriteNumber("series_before_limit", answer.SeriesBeforeLimit);
        CoverageJson.Write(json, answer.Coverage);
        json.WriteEndObject();
    }

    public static void WritePeople(Utf8JsonWriter json, FunnelPeople found, IReadOnlyList<FunnelPerson> page, string? next)
    {
        json.WriteStartObject();
        json.WriteNumber("count", found.People.Count);
        json.WriteStartArray("people");
        foreach (var person in page)
        {
            json.WriteStartObject();
            json.WriteString("person", person.Person);
            json.WriteString("entered_at", CoverageHeaders.Iso(person.EntryMs));
            json.WriteNumber("reached", person.Reached);
            json.WriteString("end", EndWord(person.End));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteString("next", next);
        CoverageJson.Write(json, found.Coverage);
        json.WriteEndObject();
    }

    public static string KindWord(FunnelSeriesKind kind) => kind switch
    {
        FunnelSeriesKind.Whole => "whole",
        FunnelSeriesKind.Value => "value",
        FunnelSeriesKind.Other => "other",
    };

    public static string EndWord(FunnelEnd end) => end switch
    {
        FunnelEnd.Converted => "converted",
        FunnelEnd.Dropped => "dropped",
        FunnelEnd.Excluded => "excluded",
    };

    static void WriteSeries(Utf8JsonWriter json, FunnelDefinition definition, FunnelSeries series)
    {
        json.WriteStartObject();
        json.WriteString("kind", KindWord(series.Kind));
        if (definition.Compared.Count > 0)
        {
            json.WriteString("compared", definition.Compared[series.ComparedIndex].Label);
            json.WriteNumber("compared_index", series.ComparedIndex);
        }
        json.WriteStartArray("keys");
        foreach (var key in series.Keys) json.WriteStringValue(key);
        json.WriteEndArray();
        WriteSteps(json, definition, series.Whole);
        if (definition.Unit is not null)
        {
            json.WriteStartArray("buckets");
            foreach (var bucket in series.Buckets)
            {
                json.WriteStartObject();
                WriteSteps(json, definition, bucket);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    static void WriteSteps(Utf8JsonWriter json, FunnelDefinition definition, FunnelCounts counts)
    {
        json.WriteStartArray("steps");
        for (var i = 0; i < counts.Steps.Count; i++)
        {
            var step = counts.Steps[i];
            json.WriteStartObject();
            json.WriteNumber("count", step.Reached);
            json.WriteNumber("dropped", i + 1 < counts.Steps.Count ? step.Reached - counts.Steps[i + 1].Reached : 0);
            json.WriteNumber("excluded", step.Excluded);
            WriteNumber(json, "from_previous", step.FromPrevious);
            WriteNumber(json, "from_first", step.FromFirst);
            if (definition.Sum is not null) WriteNumber(json, "sum", step.Sum);
            WriteTimes(json, "time_from_previous", step.TimeFromPrevious);
            WriteTimes(json, "time_from_start", step.TimeFromStart);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    static void WriteTimes(Utf8JsonWriter json, string name, FunnelTimes? times)
    {
        if (times is null)
        {
            json.WriteNull(name);
            return;
        }
        json.WriteStartObject(name);
        WriteNumber(json, "average_ms", times.AverageMs);
        if (times.Spread is { } spread)
        {
            WriteNumber(json, "min_ms", spread.LeastMs);
            WriteNumber(json, "p25_ms", spread.P25Ms);
            WriteNumber(json, "median_ms", spread.MedianMs);
            WriteNumber(json, "p75_ms", spread.P75Ms);
            WriteNumber(json, "p90_ms", spread.P90Ms);
            WriteNumber(json, "p99_ms", spread.P99Ms);
            WriteNumber(json, "max_ms", spread.GreatestMs);
            json.WriteStartArray("distribution");
            foreach (var bin in spread.Bins)
            {
                json.WriteStartObject();
                json.WriteNumber("from_ms", bin.FromMs);
                if (bin.UntilMs is { } until) json.WriteNumber("until_ms", until);
                else json.WriteNull("until_ms");
                json.WriteNumber("count", bin.Count);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    static void WriteNumber(Utf8JsonWriter json, string name, double number)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(ValueText.Number(number));
    }
}
