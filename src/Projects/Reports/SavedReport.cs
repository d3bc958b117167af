namespace Cairn.Projects.Reports;

/// <summary>A report that somebody keeps: its question, to be asked again.</summary>
/// <param name="Id">Nine digits; Mixpanel's API takes it as <c>funnel_id</c>.</param>
/// <param name="Kind">Which report the question is for.</param>
/// <param name="Definition">The question as our own API takes it, a JSON object.</param>
public sealed record SavedReport(string Id, string Name, ReportKind Kind, string Definition, DateTimeOffset CreatedAt)
{
    /// <summary>Characters of a name.</summary>
    public const int MaxNameLength = 200;

    /// <summary>Characters of a question: a table keeps 32,768 in one value.</summary>
    public const int MaxDefinitionLength = 30_000;
}

/// <summary>The reports that can be kept. The numbers are stored.</summary>
public enum ReportKind { Segmentation = 1, Funnels = 2, Retention = 3, Cohorts = 4, Stickiness = 5, Lifecycle = 6, Sessions = 7, Flows = 8, Revenue = 9, LifetimeValue = 10, Composition = 11 }
