using System.Diagnostics.Metrics;
using Cairn.Model;

namespace Cairn.Ingestion.Stages;

/// <summary>What the door tells about its work, on the meter "Cairn".</summary>
/// <remarks>
/// Every record counts once, under the reason it was turned away for or under "None"; a request that is refused as a whole counts as one. What a sender is
/// told to send again, because it could not be stored, is not counted: it comes again. Replayed examples: docs/wire/bad-input.md, "How it is counted".
/// <code>
/// cairn.ingest.records          records by dialect and reason ("None": accepted)
/// cairn.ingest.stage.duration   seconds a batch spent in a stage, by stage
/// </code>
/// </remarks>
public static class IngestMeter
{
    public const string MeterName = "Cairn";

    static readonly Meter Meter = new(MeterName);
    static readonly Counter<long> Records = Meter.CreateCounter<long>("cairn.ingest.records", "{record}", "Records by verdict.");
    static readonly Histogram<double> StageSeconds = Meter.CreateHistogram<double>("cairn.ingest.stage.duration", "s", "Time of a batch in a stage.");

    /// <summary>One more than the largest reason's number.</summary>
    static readonly int ReasonCount = Enum.GetValues<RejectReason>().Max(reason => (int)reason) + 1;
    static readonly string?[] ReasonNames = [.. Enumerable.Range(0, ReasonCount).Select(number => Enum.GetName((RejectReason)number))];

    internal static void StageTook(string stage, TimeSpan elapsed)
    {
        if (StageSeconds.Enabled) StageSeconds.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("stage", stage));
    }

    /// <summary>Counts a request that was refused as a whole, before its records were known.</summary>
    public static void CountRefused(Dialect dialect, RejectReason reason) => Add(1, dialect, (int)reason);

    /// <summary>Counts the records at fault of a request that was refused because of them; the others were neither stored nor wrong.</summary>
    public static void CountRejected(ItemBatch batch) => Count(batch, first: RejectReason.None + 1);

    /// <summary>Counts the verdicts of a batch that went through every stage.</summary>
    internal static void Count(ItemBatch batch) => Count(batch, first: RejectReason.None);

    static void Count(ItemBatch batch, RejectReason first)
    {
        if (!Records.Enabled) return;
        Span<int> counts = stackalloc int[ReasonCount];
        counts.Clear();
        foreach (ref readonly var verdict in batch.Verdicts) counts[(int)verdict.Reason]++;
        for (var reason = (int)first; reason < ReasonCount; reason++)
            if (counts[reason] > 0) Add(counts[reason], batch.Dialect, reason);
    }

    static void Add(int count, Dialect dialect, int reason) => Records.Add(count, new("dialect", Name(dialect)), new("reason", ReasonNames[reason]));

    static string Name(Dialect dialect) => dialect switch
    {
        Dialect.Mixpanel => "mixpanel",
        Dialect.Amplitude => "amplitude",
        Dialect.Segment => "segment",
    };
}
