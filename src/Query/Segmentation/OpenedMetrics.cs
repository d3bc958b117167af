using Cairn.Query.Definitions;
using Cairn.Query.Journeys;
using Cairn.Query.Scanning;

namespace Cairn.Query.Segmentation;

/// <summary>The rows that a definition's metrics are counted over. Where a group is counted in the place of users, an event of several groups stands with each; what counts events alone looks at rows by user.</summary>
sealed class OpenedMetrics : IDisposable
{
    readonly OpenedJourneys byUnit;
    readonly OpenedJourneys? byUser;

    OpenedMetrics(OpenedJourneys byUnit, OpenedJourneys? byUser) => (this.byUnit, this.byUser) = (byUnit, byUser);

    public static async Task<OpenedMetrics> OpenAsync(ReportReader reader, SegmentationDefinition definition, IReadOnlyList<SegmentationPlan> plans, CancellationToken cancellationToken)
    {
        var (project, byUser) = (definition.Project, definition.Project with { CountBy = null });
        var (units, events) = (plans.Where(plan => plan.CountsUnits).ToList(), plans.Where(plan => !plan.CountsUnits).ToList());
        if (project.CountBy is null || units.Count == 0) return new(await reader.OpenJourneysAsync(byUser, PropertiesOf(plans), cancellationToken), null);
        var opened = await reader.OpenJourneysAsync(project, PropertiesOf(units), cancellationToken);
        if (events.Count == 0) return new(opened, null);
        try
        {
            return new(opened, await reader.OpenJourneysAsync(byUser, PropertiesOf(events), cancellationToken));
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    public OpenedJourneys this[SegmentationPlan plan] => byUser is not null && !plan.CountsUnits ? byUser : byUnit;

    public Coverage Covered(TimeSpan took) => byUnit.Covered(took);

    public void Dispose()
    {
        byUnit.Dispose();
        byUser?.Dispose();
    }

    static Filters.PropertyReference[] PropertiesOf(IEnumerable<SegmentationPlan> plans) => [.. plans.SelectMany(plan => plan.Properties).Distinct()];
}
