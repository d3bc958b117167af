using Cairn.Projects.Compaction;
using Cairn.Projects.Jobs;
using Microsoft.Azure.Functions.Worker;

namespace Cairn.Functions;

/// <summary>Moves recent rows into the lake and looks after its tables.</summary>
public sealed class CompactionFunctions(CompactionSchedule compaction, JobLog jobs)
{
    /// <summary>
    /// On one machine every ten seconds, so that what readers hold of recent rows stays small whatever comes in; a run without work is a few listings.
    /// On Azure a start is paid for, so every minute.
    /// </summary>
    [Function(JobNames.CompactLake)]
    public Task CompactAsync([TimerTrigger("%Schedules:CompactLake%", UseMonitor = false)] TimerInfo timer, CancellationToken cancellationToken) =>
        jobs.RunAsync(JobNames.CompactLake, compaction.RunAsync, cancellationToken);
}
