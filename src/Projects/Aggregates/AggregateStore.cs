using System.Globalization;
using Cairn.Storage;

namespace Cairn.Projects.Aggregates;

/// <summary>Keeps a project's days and how far they have come under <c>aggregates/{project}/events-by-name/</c>, as JSON.</summary>
public sealed class AggregateStore(IBlobStore blobs)
{
    readonly JsonBlobs json = new(blobs);

    /// <summary>Null where that day was not counted.</summary>
    public async Task<DayCounts?> FindDayAsync(string projectId, DateOnly date, CancellationToken cancellationToken) =>
        (await json.ReadAsync<DayCounts>(NameOf(projectId, date), cancellationToken))?.Value;

    /// <summary>Keeps a day, unless what is there was computed later.</summary>
    public Task PutDayAsync(string projectId, DayCounts day, CancellationToken cancellationToken) =>
        json.PutNewerAsync(NameOf(projectId, day.Date), day, there => there.ComputedAt > day.ComputedAt, cancellationToken);

    /// <summary>The state and its version; null where there is none yet.</summary>
    public Task<Versioned<AggregateState>?> FindStateAsync(string projectId, CancellationToken cancellationToken) =>
        json.ReadAsync<AggregateState>(StateNameOf(projectId), cancellationToken);

    /// <summary>Keeps the state over the version it was made from (null: where there is none).</summary>
    /// <returns>The new version; null where somebody else has changed it meanwhile.</returns>
    public Task<string?> PutStateAsync(string projectId, AggregateState state, string? etag, CancellationToken cancellationToken) =>
        json.PutAsync(StateNameOf(projectId), state, etag, cancellationToken);

    static string NameOf(string projectId, DateOnly date) =>
        $"aggregates/{projectId}/events-by-name/{date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}.json";

    static string StateNameOf(string projectId) => $"aggregates/{projectId}/events-by-name/state.json";
}
