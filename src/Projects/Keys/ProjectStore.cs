using System.Security.Cryptography;
using System.Text.Json;
using Cairn.Model.Identity;
using Cairn.Storage;

namespace Cairn.Projects.Keys;

/// <summary>The projects of a deployment, a table row each.</summary>
public sealed class ProjectStore(ITableStore tables, KeyChanges changes, TimeProvider clock)
{
    /// <summary>Ids to try before giving up: with a thousand projects the first is taken once in a million times.</summary>
    const int MaxIdAttempts = 5;

    /// <summary>Makes a project; the change was checked and has a name.</summary>
    public async Task<Project> CreateAsync(ProjectChange settings, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxIdAttempts; attempt++)
        {
            if (await TryCreateAsync(NewId(), settings, cancellationToken) is { } project) return project;
        }
        throw new InvalidOperationException($"{MaxIdAttempts} project ids in a row were taken.");
    }

    /// <summary>Makes a project with an id of the caller's; null where that is taken.</summary>
    internal async Task<Project?> TryCreateAsync(string id, ProjectChange settings, CancellationToken cancellationToken)
    {
        var project = settings.ApplyTo(new Project(id, id, clock.GetUtcNow(), "UTC", Retention.ForEver, IdentityMode.Simplified, []));
        var inserted = await tables.SubmitAsync(
            KeyTables.Projects, KeyTables.ProjectPartition, [new TableChange(project.Id, TableAction.Insert, ToValues(project))], cancellationToken);
        changes.Announce();
        return inserted is null ? null : project;
    }

    /// <summary>Null where there is none.</summary>
    public async Task<Project?> FindAsync(string id, CancellationToken cancellationToken) =>
        IsId(id) && await tables.FindAsync(KeyTables.Projects, KeyTables.ProjectPartition, id, cancellationToken) is { } row ? ToProject(row) : null;

    /// <summary>All projects, the oldest first.</summary>
    public async Task<IReadOnlyList<Project>> ListAsync(CancellationToken cancellationToken)
    {
        var projects = new List<Project>();
        await foreach (var row in tables.QueryAsync(KeyTables.Projects, new TableRange(KeyTables.ProjectPartition), cancellationToken))
            projects.Add(ToProject(row));
        return [.. projects.OrderBy(project => project.CreatedAt).ThenBy(project => project.Id, StringComparer.Ordinal)];
    }

    /// <summary>Changes settings; two changes at once both happen, one after the other.</summary>
    /// <returns>The project as it is now; null where there is none.</returns>
    public async Task<Project?> ChangeAsync(string id, ProjectChange change, CancellationToken cancellationToken)
    {
        while (IsId(id) && await tables.FindAsync(KeyTables.Projects, KeyTables.ProjectPartition, id, cancellationToken) is { } row)
        {
            var project = change.ApplyTo(ToProject(row));
            var written = await tables.SubmitAsync(
                KeyTables.Projects,
                KeyTables.ProjectPartition,
                [new TableChange(id, TableAction.Replace, ToValues(project), row.ETag)],
                cancellationToken);
            changes.Announce();
            if (written is not null) return project;
        }
        return null;
    }

    internal static string NewId() =>
        RandomNumberGenerator.GetInt32(100_000_000, 1_000_000_000).ToString(System.Globalization.CultureInfo.InvariantCulture);

    static bool IsId(string id) => id.Length is > 0 and <= 20 && id.All(char.IsAsciiLetterOrDigit);

    static Dictionary<string, object> ToValues(Project project)
    {
        var values = new Dictionary<string, object>
        {
            ["name"] = project.Name,
            ["createdAt"] = project.CreatedAt,
            ["timeZone"] = project.TimeZone,
            ["identityMode"] = (int)project.IdentityMode,
            ["groupKeys"] = JsonSerializer.Serialize(project.GroupKeys),
        };
        if (project.Retention.Days is { } days) values["retentionDays"] = days;
        return values;
    }

    static Project ToProject(TableRow row) => new(
        row.RowKey,
        (string)row.Values["name"],
        (DateTimeOffset)row.Values["createdAt"],
        (string)row.Values["timeZone"],
        new Retention(row.Values.TryGetValue("retentionDays", out var days) ? (int)days : null),
        (IdentityMode)(int)row.Values["identityMode"],
        JsonSerializer.Deserialize<string[]>((string)row.Values["groupKeys"])!);
}
