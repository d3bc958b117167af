using System.Globalization;
using Cairn.Projects.Aggregates;
using Cairn.Storage;

namespace Cairn.Projects.Reports.Daily;

/// <summary>Keeps reports' days under <c>aggregates/{project}/{report}/</c>, and how far they have come beside them.</summary>
public sealed class DailyStore(IBlobStore blobs)
{
    readonly JsonBlobs json = new(blobs);

    /// <summary>Null where that day was not computed.</summary>
    public async Task<StoredDay?> FindAsync(string projectId, string reportId, DateOnly date, CancellationToken cancellationToken) =>
        (await json.ReadAsync<StoredDay>(NameOf(projectId, reportId, date), cancellationToken))?.Value;

    /// <summary>Keeps a day, unless what is there was computed later.</summary>
    public Task PutAsync(string projectId, string reportId, StoredDay day, CancellationToken cancellationToken) =>
        json.PutNewerAsync(NameOf(projectId, reportId, day.Date), day, there => there.ComputedAt > day.ComputedAt, cancellationToken);

    /// <summary>The state and its version; null where there is none yet.</summary>
    public Task<Versioned<DailyState>?> FindStateAsync(string projectId, CancellationToken cancellationToken) =>
        json.ReadAsync<DailyState>(StateNameOf(projectId), cancellationToken);

    /// <summary>Keeps the state over the version it was made from (null: where there is none).</summary>
    /// <returns>The new version; null where somebody else has changed it meanwhile.</returns>
    public Task<string?> PutStateAsync(string projectId, DailyState state, string? etag, CancellationToken cancellationToken) =>
        json.PutAsync(StateNameOf(projectId), state, etag, cancellationToken);

    /// <summary>Deletes all days of a report that is gone.</summary>
    public async Task DeleteAsync(string projectId, string reportId, CancellationToken cancellationToken)
    {
        await foreach (var blob in blobs.ListAsync($"aggregates/{projectId}/{reportId}/", after: null, cancellationToken)) await blobs.DeleteAsync(blob.Name, cancellationToken);
    }

    static string NameOf(string projectId, string reportId, DateOnly date) =>
        $"aggregates/{projectId}/{reportId}/{date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}.json";

    static string StateNameOf(string projectId) => $"aggregates/{projectId}/reports/state.json";
}
