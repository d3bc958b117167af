using Cairn.Query.Definitions;
using Cairn.Query.Scanning;
using NodaTime;

namespace Cairn.Query.Cohorts;

/// <summary>Who is in the saved cohorts that the conditions and breakdowns of reports name (<c>cohort["123456789"]</c>), as of now.</summary>
/// <remarks>A membership test is a look into the set; the set is found once a report.</remarks>
public sealed class NamedCohorts(ICohortDirectory directory, TimeProvider clock)
{
    /// <exception cref="DefinitionException">There is no such cohort.</exception>
    internal async ValueTask<IReadOnlySet<string>> MembersAsync(ReportReader reader, ReportProject project, string cohortId, CancellationToken cancellationToken)
    {
        var definition = new CohortDefinition { Project = project, Now = project.EventsBefore ?? Instant.FromDateTimeOffset(clock.GetUtcNow()), Condition = new CohortCondition.In(cohortId) };
        var (people, _, _) = await CohortSearch.FindAsync(reader, directory, definition, cancellationToken);
        return people.Ids.ToHashSet(StringComparer.Ordinal);
    }
}
