using System.Collections.Concurrent;
using Cairn.Storage.Compaction;

namespace Cairn.Projects.Aggregates;

/// <summary>When this process last looked at a project's rows: most looks find nothing, and leave the state as it stands.</summary>
sealed class LastLooks(CompactionLimits compaction, TimeProvider clock)
{
    /// <summary>How much clocks of instances may differ.</summary>
    static readonly TimeSpan ClocksDiffer = TimeSpan.FromMinutes(1);

    readonly ConcurrentDictionary<(string ProjectId, string TimeZone), DateTimeOffset> lookedAt = [];

    /// <summary>Whether the last look, here or as the state tells, was so lately that every recent file that came since is there still.</summary>
    public bool IsRecent(string projectId, string timeZone, DateTimeOffset? told)
    {
        var before = lookedAt.TryGetValue((projectId, timeZone), out var here) && here > told ? here : told;
        return clock.GetUtcNow() - before < compaction.KeepRecentFor - ClocksDiffer;
    }

    public void Note(string projectId, string timeZone, DateTimeOffset now) => lookedAt[(projectId, timeZone)] = now;
}
