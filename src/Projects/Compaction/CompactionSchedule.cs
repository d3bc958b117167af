using Cairn.Projects.Jobs;
using Cairn.Projects.Keys;
using Cairn.Storage;
using Cairn.Storage.Compaction;
using Cairn.Storage.Compaction.BuiltTables;
using Microsoft.Extensions.Logging;

namespace Cairn.Projects.Compaction;

/// <summary>Looks after the tables of all projects: one owner at a time by a lease, and two do no harm.</summary>
public sealed partial class CompactionSchedule(ProjectStore projects, LakeCompaction compaction, PeopleTables people, IBlobStore blobs, TimeProvider clock, ILogger<CompactionSchedule> log)
{
    /// <summary>Who holds it looks after the tables.</summary>
    public const string LeaseName = "leases/compaction";

    /// <summary>How long a run takes new work up: what is left waits for the next one, and no project waits for another's backlog.</summary>
    public static readonly TimeSpan MaxRunTime = TimeSpan.FromMinutes(5);

    /// <summary>Rows moved from which on what is left of the work is worth a collection that stops the process for a moment.</summary>
    const long CollectFromRows = 50_000;

    /// <summary>Rows moved since the last such collection.</summary>
    long movedRows;

    /// <summary>Tables that could not be looked after, since the process began.</summary>
    long faults;

    /// <summary>Brings every project's tables up to date; the faults of one are kept in its progress and stop no other.</summary>
    public async Task<JobEnd> RunAsync(CancellationToken cancellationToken)
    {
        await using var lease = await KeptLease.TryTakeAsync(blobs, LeaseName, clock, cancellationToken);
        if (lease is null) return JobEnd.LeftToAnother;
        var until = clock.GetUtcNow() + MaxRunTime;
        var (movedBefore, faultsBefore) = (movedRows, faults);
        try
        {
            var waiting = (await projects.ListAsync(lease.Working)).ToList();
            // In turns, until nobody has anything left that is worth a commit.
            while (waiting.Count > 0 && clock.GetUtcNow() < until)
            {
                var left = new List<Project>();
                foreach (var project in waiting)
                    if (await RunAsync(project, lease.Working)) left.Add(project);
                waiting = left;
            }
            if (movedRows == movedBefore) GiveMemoryBack();
            return faults == faultsBefore ? JobEnd.Well : JobEnd.Partly;
        }
        catch (OperationCanceledException) when (lease.Working.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            LogLeaseLost(log);
            return JobEnd.LeftToAnother;
        }
    }

    /// <summary>The first quiet run after much work hands back what the work needed: the collector would keep it for as long as little is asked of it.</summary>
    void GiveMemoryBack()
    {
        if (movedRows < CollectFromRows) return;
        movedRows = 0;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    /// <returns>Whether there is more to do.</returns>
    async Task<bool> RunAsync(Project project, CancellationToken cancellationToken)
    {
        var compacted = new CompactedProject(project.Id, project.IdentityMode, project.Retention.Days is { } days ? TimeSpan.FromDays(days) : null);
        var hasMore = false;
        using var activity = CompactionMeter.Begin(project.Id);
        await foreach (var table in compaction.RunAsync(compacted, cancellationToken))
        {
            CompactionMeter.Done(table);
            foreach (var file in table.SetAside) LogSetAside(log, project.Id, file.RecentName, file.Name, file.Reason);
            if (table.Fault is not null) Failed(project.Id, table.Table, table.Fault);
            else if (table.Totals != default) LogDone(log, project.Id, table.Table, table.Totals.AppendedRows, table.Totals.MergedFiles);
            movedRows += table.MovedRows;
            hasMore |= table.HasMore;
        }
        if (!hasMore) await MakePeopleAsync(compacted, cancellationToken);
        return hasMore;
    }

    async Task MakePeopleAsync(CompactedProject project, CancellationToken cancellationToken)
    {
        try
        {
            if (await people.RunAsync(project, cancellationToken)) LogPeopleMade(log, project.Id);
        }
        catch (Exception fault) when (LakeCompaction.IsExpected(fault))
        {
            Failed(project.Id, "persons, profiles or groups", fault);
        }
    }

    void Failed(string projectId, string table, Exception fault)
    {
        faults++;
        if (fault is RemakableFileException) LogDropped(log, projectId, table, fault.Message);
        else LogTableFailed(log, projectId, table, fault);
    }
}
