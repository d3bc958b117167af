using Cairn.Query.Cohorts;
using Cairn.Query.Definitions;
using NodaTime;

namespace Cairn.Support.Query;

/// <summary>Saved cohorts of a test.</summary>
public sealed class MemoryCohorts : ICohortDirectory
{
    readonly Dictionary<string, CohortCondition> cohorts = new(StringComparer.Ordinal);

    public MemoryCohorts With(string id, CohortCondition condition)
    {
        cohorts[id] = condition;
        return this;
    }

    public ValueTask<CohortCondition?> FindAsync(ReportProject project, string cohortId, Instant now, CancellationToken cancellationToken) =>
        new(cohorts.GetValueOrDefault(cohortId));
}
