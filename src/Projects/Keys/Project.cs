using Cairn.Ingestion;
using Cairn.Model.Identity;

namespace Cairn.Projects.Keys;

/// <summary>A project: one product's events, and the settings that reports and the door follow.</summary>
/// <param name="Id">Nine decimal digits, for some SDKs take a project id as a number.</param>
/// <param name="Name">1 to <see cref="ProjectRules.MaxNameLength"/> characters, for people.</param>
/// <param name="TimeZone">IANA name; reports' days and the daily aggregates follow it.</param>
/// <param name="Retention">How long events are kept.</param>
/// <param name="GroupKeys">Event properties that name groups (Mixpanel).</param>
public sealed record Project(
    string Id,
    string Name,
    DateTimeOffset CreatedAt,
    string TimeZone,
    Retention Retention,
    IdentityMode IdentityMode,
    IReadOnlyList<string> GroupKeys)
{
    /// <summary>What the door needs of it.</summary>
    public IngestProject ForIngestion() => new(Id, IdentityMode, TimeZone, GroupKeys);
}

/// <summary>How long a project's events are kept, counted from their time.</summary>
/// <param name="Days">1 to <see cref="ProjectRules.MaxRetentionDays"/>; null: for ever.</param>
public readonly record struct Retention(int? Days)
{
    public static Retention ForEver => default;
}

/// <summary>Settings to make a project with, or to change; null leaves a setting as it is (in a new project: at its default).</summary>
public sealed record ProjectChange(
    string? Name = null,
    string? TimeZone = null,
    Retention? Retention = null,
    IdentityMode? IdentityMode = null,
    IReadOnlyList<string>? GroupKeys = null)
{
    /// <summary>The project with these settings.</summary>
    public Project ApplyTo(Project project) => project with
    {
        Name = Name ?? project.Name,
        TimeZone = TimeZone ?? project.TimeZone,
        Retention = Retention ?? project.Retention,
        IdentityMode = IdentityMode ?? project.IdentityMode,
        GroupKeys = GroupKeys ?? project.GroupKeys,
    };
}
