using System.Text.Json;
using Cairn.Projects;
using Cairn.Projects.Keys;

namespace Cairn.Api.V1.Projects;

/// <summary>A project's settings as they are sent.</summary>
/// <remarks>
/// <code>{"name": "Shop", "time_zone": "Europe/Berlin", "retention_days": 365, "identity_mode": "simplified", "group_keys": ["company_id"]}</code>
/// Every field may be left out, in a new project all but the name; <c>"retention_days": null</c> keeps events for ever.
/// </remarks>
static class ProjectBody
{
    static readonly string[] Fields = ["name", "time_zone", "retention_days", "identity_mode", "group_keys"];

    public static (ProjectChange Change, IReadOnlyList<FieldError> Errors) Read(JsonElement body, bool isNew)
    {
        var fields = new JsonFields(body, Fields);
        var name = fields.Text("name", $"1 to {ProjectRules.MaxNameLength} characters");
        var timeZone = fields.Text("time_zone", "an IANA name, such as Europe/Berlin");
        var days = fields.WholeNumberOrNull("retention_days", $"a whole number from 1 to {ProjectRules.MaxRetentionDays}, or null to keep events for ever");
        var mode = fields.Choice("identity_mode", Words.IdentityModes);
        var groupKeys = fields.Texts("group_keys", "a list of property names, such as [\"company_id\"]");
        var change = new ProjectChange(name, timeZone, fields.Has("retention_days") ? new Cairn.Projects.Keys.Retention(days) : null, mode, groupKeys);

        var named = fields.Errors.Select(error => error.Field).ToHashSet();
        return (change, [.. fields.Errors, .. ProjectRules.Check(change, isNew).Where(error => !named.Contains(error.Field))]);
    }
}

/// <summary>A project as it is answered.</summary>
sealed record ProjectAnswer(
    string Id, string Name, string TimeZone, int? RetentionDays, string IdentityMode, IReadOnlyList<string> GroupKeys, DateTimeOffset CreatedAt)
{
    public static ProjectAnswer Of(Project project) => new(
        project.Id,
        project.Name,
        project.TimeZone,
        project.Retention.Days,
        Words.Of(Words.IdentityModes, project.IdentityMode),
        project.GroupKeys,
        project.CreatedAt);
}
