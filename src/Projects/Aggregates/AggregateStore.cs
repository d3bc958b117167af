using System.Globalization;
using System.Text.Json;
using Cairn.Storage;

namespace Cairn.Projects.Aggregates;

/// <summary>Keeps a project's days and how far they have come under <c>aggregates/{project}/events-by-name/</c>, as JSON.</summary>
public sealed class AggregateStore(IBlobStore blobs)
{
    /// <summary>Of both kinds of files; docs/formats/aggregates.md.</summary>
    const int Version = 1;

    static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Null where that day was not counted.</summary>
    public async Task<DayCounts?> FindDayAsync(string projectId, DateOnly date, CancellationToken cancellationToken) =>
        (await ReadAsync<DayCounts>(NameOf(projectId, date), cancellationToken))?.Value;

    /// <summary>Keeps a day, unless what is there was computed later.</summary>
    public async Task PutDayAsync(string projectId, DayCounts day, CancellationToken cancellationToken)
    {
        var name = NameOf(projectId, day.Date);
        while (true)
        {
            var (there, etag) = await ReadAsync<DayCounts>(name, cancellationToken) is { } found ? (found.Value, found.ETag) : (null, null);
            if (there?.ComputedAt > day.ComputedAt) return;
            if (await PutAsync(name, day, etag, cancellationToken) is not null) return;
        }
    }

    /// <summary>The state and its version; null where there is none yet.</summary>
    public Task<Versioned<AggregateState>?> FindStateAsync(string projectId, CancellationToken cancellationToken) =>
        ReadAsync<AggregateState>(StateNameOf(projectId), cancellationToken);

    /// <summary>Keeps the state over the version it was made from (null: where there is none).</summary>
    /// <returns>The new version; null where somebody else has changed it meanwhile.</returns>
    public Task<string?> PutStateAsync(string projectId, AggregateState state, string? etag, CancellationToken cancellationToken) =>
        PutAsync(StateNameOf(projectId), state, etag, cancellationToken);

    static string NameOf(string projectId, DateOnly date) =>
        $"aggregates/{projectId}/events-by-name/{date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}.json";

    static string StateNameOf(string projectId) => $"aggregates/{projectId}/events-by-name/state.json";

    async Task<Versioned<T>?> ReadAsync<T>(string name, CancellationToken cancellationToken)
        where T : class
    {
        if (await blobs.ReadAsync(name, cancellationToken) is not { } blob) return null;
        var file = JsonSerializer.Deserialize<Kept<T>>(blob.Bytes.Span, Json);
        return file is { Version: Version, Content: not null }
            ? new Versioned<T>(file.Content, blob.ETag)
            : throw new InvalidDataException($"'{name}' is of version {file?.Version.ToString(CultureInfo.InvariantCulture) ?? "none"}, expected {Version}.");
    }

    Task<string?> PutAsync<T>(string name, T value, string? etag, CancellationToken cancellationToken)
        where T : class =>
        blobs.PutAsync(
            name,
            JsonSerializer.SerializeToUtf8Bytes(new Kept<T>(Version, value), Json),
            etag is null ? PutCondition.IfAbsent : PutCondition.IfVersion(etag),
            cancellationToken);

    sealed record Kept<T>(int Version, T Content)
        where T : class;
}

/// <summary>A kept value and the version it has in the store.</summary>
public sealed record Versioned<T>(T Value, string ETag);
