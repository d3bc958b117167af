namespace Cairn.Projects.Reports;

/// <summary>A report that somebody keeps: its question, to be asked again.</summary>
/// <param name="Id">Nine digits; Mixpanel's API takes it as <c>funnel_id</c>.</param>
/// <param name="Version">1 when it was made; each change adds one.</param>
/// <param name="Content">What a change may change.</param>
/// <param name="CreatedAt">When the first version was made.</param>
/// <param name="ChangedAt">When this version was made.</param>
/// <param name="ChangedBy">Who made this version: a key's or an account's name; empty where nobody noted it.</param>
public sealed record SavedReport(string Id, int Version, ReportContent Content, DateTimeOffset CreatedAt, DateTimeOffset ChangedAt, string ChangedBy)
{
    /// <summary>Characters of a name.</summary>
    public const int MaxNameLength = 200;

    /// <summary>Characters of a description.</summary>
    public const int MaxDescriptionLength = 2_000;

    /// <summary>Characters of an owner.</summary>
    public const int MaxOwnerLength = 200;

    /// <summary>Characters of a question: a table keeps 32,768 in one value.</summary>
    public const int MaxDefinitionLength = 30_000;

    /// <summary>Versions of one report; all are kept.</summary>
    public const int MaxVersions = 100_000;

    public string Name => Content.Name;

    public ReportKind Kind => Content.Kind;

    /// <summary>The question as our own API takes it, a JSON object.</summary>
    public string Definition => Content.Definition;
}

/// <summary>What a version of a report says.</summary>
/// <param name="Kind">Which report the question is for; all versions have the same.</param>
/// <param name="Definition">The question as our own API takes it, a JSON object.</param>
/// <param name="Description">What it is for; may be empty.</param>
/// <param name="Owner">Who answers for it.</param>
public sealed record ReportContent(string Name, ReportKind Kind, string Definition, string Description, string Owner, ReportSchedule Schedule);

/// <summary>The reports that can be kept. The numbers are stored.</summary>
public enum ReportKind { Segmentation = 1, Funnels = 2, Retention = 3, Cohorts = 4, Stickiness = 5, Lifecycle = 6, Sessions = 7, Flows = 8, Revenue = 9, LifetimeValue = 10, Composition = 11 }

/// <summary>When a report is computed without being asked. The numbers are stored.</summary>
public enum ReportSchedule
{
    /// <summary>Never.</summary>
    None = 0,

    /// <summary>Once for each day of its project, after the day has closed.</summary>
    Daily = 1,
}
