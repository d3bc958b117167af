using System.Text.Json;
using Cairn.Api.V1.Query;
using Cairn.Projects;
using Cairn.Query.Definitions;
using NodaTime;

namespace Cairn.Api.V1.Cohorts;

/// <summary>Reads a cohort definition from our own JSON.</summary>
/// <remarks>
/// Fields and examples: docs/semantics/cohorts.md, "Asking". For example
/// <code>
/// {"condition": {"all": [{"did": "Purchase", "value": 2, "within": {"last_days": 30}}, {"did_not": "Log In"}, {"user": "user[\"plan\"] == \"pro\""}]}}
/// </code>
/// </remarks>
public static class CohortBody
{
    /// <summary>The definition; null where <paramref name="errors"/> says what is wrong.</summary>
    public static CohortDefinition? Read(JsonElement body, ReportProject project, Instant now, List<FieldError> errors) => Read(body, project, now, errors, out _);

    internal static CohortDefinition? Read(JsonElement body, ReportProject project, Instant now, List<FieldError> errors, out PeoplePage page)
    {
        var fields = new DefinitionFields(body, "", errors);
        project = ReportFields.Zone(fields, project);
        var condition = ConditionFields.Read(fields, "condition", project, now, errors);
        page = PeoplePage.Read(fields);
        fields.RefuseOthers();
        return errors.Count == 0 ? new() { Project = project, Now = now, Condition = condition } : null;
    }
}
