using Cairn.Query.Definitions;
using NodaTime;

namespace Cairn.Query.Cohorts;

/// <summary>Which cohorts a project has saved.</summary>
public interface ICohortDirectory
{
    /// <summary>What a saved cohort asks for; null where there is none of this id.</summary>
    /// <param name="project">Whose it is; windows such as "the last 30 days" end in its time zone.</param>
    /// <param name="now">As of when.</param>
    ValueTask<CohortCondition?> FindAsync(ReportProject project, string cohortId, Instant now, CancellationToken cancellationToken);
}
