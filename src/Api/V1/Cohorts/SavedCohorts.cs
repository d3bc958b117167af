using System.Text.Json;
using Cairn.Projects;
using Cairn.Projects.Reports;
using Cairn.Query.Cohorts;
using Cairn.Query.Definitions;
using NodaTime;

namespace Cairn.Api.V1.Cohorts;

/// <summary>The cohorts of a project: those of its saved reports that are cohorts.</summary>
public sealed class SavedCohorts(SavedReports reports) : ICohortDirectory
{
    public async ValueTask<CohortCondition?> FindAsync(ReportProject project, string cohortId, Instant now, CancellationToken cancellationToken)
    {
        if (await reports.FindAsync(project.Id, cohortId, cancellationToken) is not { Kind: ReportKind.Cohorts } found) return null;
        using var definition = JsonDocument.Parse(found.Definition);
        var errors = new List<FieldError>();
        var saved = CohortBody.Read(definition.RootElement, project with { CountBy = null }, now, errors)
            ?? throw new DefinitionException("cohort", $"the cohort {cohortId} can't be asked any more: {errors[0].Field}: {errors[0].Detail}");
        return saved.Project.CountBy == project.CountBy
            ? saved.Condition
            : throw new DefinitionException("cohort", $"the cohort {cohortId} is of {UnitOf(saved.Project)} and can't be asked for {UnitOf(project)}");
    }

    static string UnitOf(ReportProject project) => project.CountBy is { } groupKey ? $"groups by {groupKey}" : "users";
}
