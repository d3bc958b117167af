using System.Globalization;
using System.Text.Json;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Funnels;
using NodaTime;

namespace Cairn.Api.Amplitude;

/// <summary>One element of a funnel's <c>data</c>: a segment, or a group value of it.</summary>
/// <remarks>Source: Amplitude docs, "Dashboard REST API", "Funnel analysis"; what the live API answers beside it is in docs/wire/amplitude-query.md. Times are whole milliseconds.</remarks>
static class FunnelElementJson
{
    /// <summary>What stands for the time of nobody, in the series of days.</summary>
    const long Nobody = -1;

    public static void Write(Utf8JsonWriter json, FunnelDefinition definition, FunnelAnswer answer, FunnelSeries series)
    {
        var steps = series.Whole.Steps;
        json.WriteStartObject();
        json.WriteStartObject("meta");
        json.WriteNumber("segmentIndex", series.ComparedIndex);
        json.WriteEndObject();
        json.WriteString("groupValue", string.Join("; ", series.Keys));
        json.WriteStartArray("events");
        foreach (var step in definition.Steps) json.WriteStringValue(step.Name);
        json.WriteEndArray();
        WriteList(json, "cumulativeRaw", steps.Select(step => (double)step.Reached));
        WriteList(json, "cumulative", steps.Select(step => step.FromFirst));
        WriteList(json, "stepByStep", steps.Select(step => step.FromPrevious));
        WriteList(json, "medianTransTimes", TimesOf(series.Whole, Median, 0));
        WriteList(json, "avgTransTimes", TimesOf(series.Whole, Average, 0));
        WriteList(json, "propsum", []);
        WriteDays(json, "dayFunnels", definition, answer, series.Buckets.Select(bucket => bucket.Steps.Select(step => (double)step.Reached)), withComplete: true);
        WriteDays(json, "dayPropsum", definition, answer, series.Buckets.Select(_ => Enumerable.Empty<double>()));
        WriteDays(json, "dayMedianTransTimes", definition, answer, series.Buckets.Select(bucket => TimesOf(bucket, Median, Nobody)));
        WriteDays(json, "dayAvgTransTimes", definition, answer, series.Buckets.Select(bucket => TimesOf(bucket, Average, Nobody)));
        WriteDistribution(json, series);
        WriteCounts(json, steps);
        json.WriteNumber("novaSegmentIndex", series.ComparedIndex);
        json.WriteEndObject();
    }

    /// <summary>From the first step to the last, then from each step to the next.</summary>
    static IEnumerable<double> TimesOf(FunnelCounts counts, Func<FunnelTimes, double> measure, long nobody)
    {
        double Of(FunnelTimes? times) => times is null ? nobody : Math.Round(measure(times));
        yield return Of(counts.Steps[^1].TimeFromStart);
        foreach (var step in counts.Steps.Skip(1)) yield return Of(step.TimeFromPrevious);
    }

    static double Median(FunnelTimes times) => times.Spread!.MedianMs;

    static double Average(FunnelTimes times) => times.AverageMs;

    static void WriteDays(
        Utf8JsonWriter json, string name, FunnelDefinition definition, FunnelAnswer answer, IEnumerable<IEnumerable<double>> series, bool withComplete = false)
    {
        var isBelowDay = definition.Unit!.Value.Unit < TimeUnit.Day;
        json.WriteStartObject(name);
        json.WriteStartArray("xValues");
        foreach (var start in answer.Starts) json.WriteStringValue(Text(start, isBelowDay ? "uuuu-MM-dd'T'HH:mm:ss" : "uuuu-MM-dd"));
        json.WriteEndArray();
        json.WriteStartArray("formattedXValues");
        foreach (var start in answer.Starts) json.WriteStringValue(Text(start, isBelowDay ? "MMM dd, uuuu HH:mm" : "MMM dd, uuuu"));
        json.WriteEndArray();
        json.WriteStartArray("series");
        foreach (var values in series) WriteList(json, null, values);
        json.WriteEndArray();
        if (withComplete)
        {
            json.WriteStartArray("isComplete");
            foreach (var isComplete in answer.AreComplete) json.WriteBooleanValue(isComplete);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    /// <summary>The entry, each transition, and the whole way.</summary>
    static void WriteDistribution(Utf8JsonWriter json, FunnelSeries series)
    {
        var steps = series.Whole.Steps;
        json.WriteStartObject("stepTransTimeDistribution");
        json.WriteNumber("segment_index", series.ComparedIndex);
        json.WriteStartArray("step_bins");
        WriteBins(json, steps[0].Reached == 0 ? [] : [new TimeBin(0, 1000, steps[0].Reached)]);
        foreach (var step in steps.Skip(1)) WriteBins(json, step.TimeFromPrevious?.Spread?.Bins ?? []);
        WriteBins(json, steps[^1].TimeFromStart?.Spread?.Bins ?? []);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    static void WriteBins(Utf8JsonWriter json, IEnumerable<TimeBin> bins)
    {
        json.WriteStartObject();
        json.WriteStartArray("bins");
        foreach (var bin in bins.Where(bin => bin.Count > 0))
        {
            json.WriteStartObject();
            json.WriteNumber("start", bin.FromMs);
            json.WriteNumber("end", bin.UntilMs ?? (long)ConversionWindow.Longest.TotalMilliseconds);
            json.WriteStartObject("bin_dist");
            WriteList(json, "tempKey", []);
            json.WriteNumber("uniques", bin.Count);
            json.WriteNumber("sums", 0.0);
            json.WriteNumber("totals", bin.Count);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Who came, and who was lost on the way there, under the names of users and of their attempts alike: each user has one.</summary>
    static void WriteCounts(Utf8JsonWriter json, IReadOnlyList<FunnelStepCount> steps)
    {
        var converted = steps.Select(step => step.Reached).ToArray();
        long[] dropped = [0, .. steps.Zip(steps.Skip(1), (before, step) => before.Reached - step.Reached)];
        var excluded = new long[steps.Count];
        foreach (var kind in (string[])["Counts", "TotalCounts", "UniqueCounts"])
        {
            WriteByStep(json, $"converted{kind}", converted);
            WriteByStep(json, $"dropoff{kind}", dropped);
            WriteByStep(json, kind == "UniqueCounts" ? "excludedUniqueDropoffCounts" : $"excludedDropoff{kind}", excluded);
        }
    }

    static void WriteByStep(Utf8JsonWriter json, string name, long[] counts)
    {
        json.WriteStartObject(name);
        for (var step = 0; step < counts.Length; step++) json.WriteNumber(step.ToString(CultureInfo.InvariantCulture), counts[step]);
        json.WriteEndObject();
    }

    static void WriteList(Utf8JsonWriter json, string? name, IEnumerable<double> values)
    {
        if (name is null) json.WriteStartArray();
        else json.WriteStartArray(name);
        foreach (var value in values) json.WriteRawValue(ValueText.Number(value));
        json.WriteEndArray();
    }

    static string Text(LocalDateTime start, string pattern) => start.ToString(pattern, CultureInfo.InvariantCulture);
}
