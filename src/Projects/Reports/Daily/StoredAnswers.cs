using Cairn.Projects.Aggregates;
using Cairn.Query.Definitions;
using Cairn.Storage.Erasure;
using NodaTime;

namespace Cairn.Projects.Reports.Daily;

/// <summary>Finds the stored answer to a question, where there is one and nothing is known that would change it.</summary>
public sealed class StoredAnswers(DailyStore store, ErasureStore erasures)
{
    /// <summary>The answer of one report; null where it has to be computed.</summary>
    public async Task<StoredDay?> FindAsync(ReportProject project, SavedReport report, DateOnly asOf, CancellationToken cancellationToken) =>
        await StateAsync(project, cancellationToken) is { } state ? await FindAsync(project, state, report.Id, DefinitionKey.Of(report.Kind, report.Definition), asOf, cancellationToken) : null;

    /// <summary>The answer of whichever report keeps this question; null where none does, or it has to be computed.</summary>
    public async Task<StoredDay?> FindAsync(ReportProject project, string definitionKey, DateOnly asOf, CancellationToken cancellationToken)
    {
        if (await StateAsync(project, cancellationToken) is not { } state) return null;
        var id = state.Reports.FirstOrDefault(pair => pair.Value.DefinitionKey == definitionKey).Key;
        return id is null ? null : await FindAsync(project, state, id, definitionKey, asOf, cancellationToken);
    }

    /// <summary>The last day that has closed in a project.</summary>
    public static DateOnly LastClosed(ReportProject project, Instant now) => new ProjectDays(project.Zone).LastClosed(now);

    async Task<DailyState?> StateAsync(ReportProject project, CancellationToken cancellationToken) =>
        (await store.FindStateAsync(project.Id, cancellationToken))?.Value is { } state && state.TimeZone == project.Zone.Id
        // Whoever was erased since is in no answer from that moment on.
        && state.Erasures == (await erasures.ReadAsync(project.Id, cancellationToken)).Requests
            ? state
            : null;

    async Task<StoredDay?> FindAsync(ReportProject project, DailyState state, string reportId, string definitionKey, DateOnly asOf, CancellationToken cancellationToken) =>
        state.IsGood(reportId, definitionKey, asOf)
        && await store.FindAsync(project.Id, reportId, asOf, cancellationToken) is { } day && day.DefinitionKey == definitionKey && day.TimeZone == project.Zone.Id
            ? day
            : null;
}
