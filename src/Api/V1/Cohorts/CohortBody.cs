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
    /// <summary>Ids of one membership test.</summary>
    public const int MaxIds = 1_000;

    /// <summary>The definition; null where <paramref name="errors"/> says what is wrong.</summary>
    public static CohortDefinition? Read(JsonElement body, ReportProject project, Instant now, List<FieldError> errors) => Read(body, project, now, errors, out _, out _);

    /// <param name="ids">The ids that are asked for; null where all people are.</param>
    internal static CohortDefinition? Read(JsonElement body, ReportProject project, Instant now, List<FieldError> errors, out PeoplePage page, out IReadOnlyList<string>? ids)
    {
        var fields = new DefinitionFields(body, "", errors);
        project = ReportFields.Project(fields, project);
        (project, now) = ReportFields.AsOf(fields, project, now);
        var condition = ConditionFields.Read(fields, "condition", project, now, errors);
        page = PeoplePage.Read(fields);
        ids = IdsOf(fields);
        fields.RefuseOthers();
        return errors.Count == 0 ? new() { Project = project, Now = now, Condition = condition } : null;
    }

    static string[]? IdsOf(DefinitionFields fields)
    {
        const string valid = "a list of 1 to 1000 ids such as [\"ann\", \"$device:d1\"]";
        if (fields.Any("are_in") is null) return null;
        var errorsBefore = fields.Errors.Count;
        var items = fields.List("are_in", valid);
        foreach (var (element, path) in items)
            if (element.ValueKind != JsonValueKind.String) fields.Fail(path[path.IndexOf("are_in", StringComparison.Ordinal)..], "It must be a text.", valid);
        if (fields.Errors.Count == errorsBefore && items.Count is 0 or > MaxIds) fields.Fail("are_in", $"It names {items.Count} ids.", valid);
        return [.. items.Select(item => item.Element.ToString())];
    }
}
