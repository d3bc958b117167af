using System.Diagnostics.Metrics;
using Cairn.Model;

namespace Cairn.Ingestion.Stages;

/// <summary>What the door tells about its work, on the meter "Cairn".</summary>
/// <remarks>
/// <code>
/// cairn.ingest.records          records by dialect and reason ("None": accepted)
/// cairn.ingest.stage.duration   seconds a batch spent in a stage, by stage
/// </code>
/// </remarks>
static class IngestMeter
{
    public const string MeterName = "Cairn";

    static readonly Meter Meter = new(MeterName);
    static readonly Counter<long> Records = Meter.CreateCounter<long>("cairn.ingest.records", "{record}", "Records by verdict.");
    static readonly Histogram<double> StageSeconds = Meter.CreateHistogram<double>("cairn.ingest.stage.duration", "s", "Time of a batch in a stage.");

    /// <summary>One more than the largest reason's number.</summary>
    static readonly int ReasonCount = Enum.GetValues<RejectReason>().Max(reason => (int)reason) + 1;
    static readonly string?[] ReasonNames = [.. Enumerable.Range(0, ReasonCount).Select(number => Enum.GetName((RejectReason)number))];

    public static void StageTook(string stage, TimeSpan elapsed)
    {
        if (StageSeconds.Enabled) StageSeconds.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("stage", stage));
    }

    public static void Count(ItemBatch batch)
    {
        if (!Records.Enabled) return;
        Span<int> counts = stackalloc int[ReasonCount];
        counts.Clear();
        foreach (ref readonly var verdict in batch.Verdicts) counts[(int)verdict.Reason]++;
        for (var reason = 0; reason < ReasonCount; reason++)
            if (counts[reason] > 0)
                Records.Add(counts[reason], new("dialect", Name(batch.Dialect)), new("reason", ReasonNames[reason]));
    }

    static string Name(Dialect dialect) => dialect switch
    {
        Dialect.Mixpanel => "mixpanel",
        Dialect.Amplitude => "amplitude",
        Dialect.Segment => "segment",
    };
}
