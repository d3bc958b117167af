using System.Diagnostics.Metrics;

namespace Cairn.Projects.Jobs;

/// <summary>What jobs tell about their runs, on the meter "Cairn".</summary>
/// <remarks>
/// <code>
/// cairn.job.duration   seconds of a run, by job and end ("Well", "Partly", "LeftToAnother"; "Failed": it threw)
/// </code>
/// </remarks>
static class JobMeter
{
    static readonly Meter Meter = new("Cairn");
    static readonly Histogram<double> Seconds = Meter.CreateHistogram<double>("cairn.job.duration", "s", "Time of a run of a job.");

    public static void Ended(string job, JobEnd? end, TimeSpan took) =>
        Seconds.Record(took.TotalSeconds, new("job", job), new("end", end?.ToString() ?? "Failed"));
}
