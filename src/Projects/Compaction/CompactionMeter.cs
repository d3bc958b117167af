using System.Diagnostics;
using System.Diagnostics.Metrics;
using Cairn.Storage.Compaction;

namespace Cairn.Projects.Compaction;

/// <summary>What compaction tells about its work, on the meter and the activity source "Cairn".</summary>
/// <remarks>
/// <code>
/// cairn.compaction.rows      rows by table and what became of them: appended, duplicate
/// cairn.compaction.files     files by table and what became of them: merged, expired, deleted, set_aside
/// cairn.compaction.waiting   recent files left for the next run, of each table of each project
/// cairn.compaction.faults    runs for a table that stopped early, by table
/// compact                    an activity for each table of each project
/// </code>
/// How long a run takes is cairn.job.duration.
/// </remarks>
static class CompactionMeter
{
    static readonly Meter Meter = new("Cairn");
    static readonly ActivitySource Activities = new("Cairn");
    static readonly Counter<long> Rows = Meter.CreateCounter<long>("cairn.compaction.rows", "{row}");
    static readonly Counter<long> Files = Meter.CreateCounter<long>("cairn.compaction.files", "{file}");
    static readonly Histogram<long> Waiting = Meter.CreateHistogram<long>("cairn.compaction.waiting", "{file}");
    static readonly Counter<long> Faults = Meter.CreateCounter<long>("cairn.compaction.faults", "{fault}");

    /// <summary>A project's turn; null where nobody traces.</summary>
    public static Activity? Begin(string projectId) => Activities.StartActivity("compact")?.SetTag("cairn.project", projectId);

    public static void Done(TableRun run)
    {
        Add(Rows, run.Totals.AppendedRows, run.Table, "appended");
        Add(Rows, run.Totals.DuplicateRows, run.Table, "duplicate");
        Add(Files, run.Totals.MergedFiles, run.Table, "merged");
        Add(Files, run.Totals.ExpiredFiles, run.Table, "expired");
        Add(Files, run.Totals.DeletedFiles, run.Table, "deleted");
        Add(Files, run.SetAside.Count, run.Table, "set_aside");
        Waiting.Record(run.WaitingFiles, new KeyValuePair<string, object?>("table", run.Table));
        if (run.Fault is not null) Faults.Add(1, new KeyValuePair<string, object?>("table", run.Table));
    }

    static void Add(Counter<long> counter, long count, string table, string became)
    {
        if (count > 0) counter.Add(count, new("table", table), new("became", became));
    }
}
