using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Cairn.Model.Identity;
using Cairn.Storage;
using Cairn.Storage.Erasure;
using Cairn.Storage.Identity;
using Cairn.Storage.Profiles;

namespace Cairn.Projects.Privacy;

/// <summary>Keeps requests for erasure under <c>privacy/{project}/</c>, and begins them: from then on nobody sees the people.</summary>
/// <remarks>Those that are not done stand in <c>erasure-queue/{project}/</c> too, so that the job finds them by one listing.</remarks>
public sealed class ErasureRequests(IBlobStore blobs, ErasureStore erased, PersonLookup persons, ProfileStore profiles, IdentityStore identities, PrivacyOptions options, TimeProvider clock)
{
    /// <summary>Ids of one request. Source: Mixpanel, "GDPR API", "up to 2000 distinct_ids".</summary>
    public const int MaxIds = 2_000;

    internal const string Folder = "privacy/", QueueFolder = "erasure-queue/";

    static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Converters = { new JsonStringEnumConverter() } };

    /// <summary>Takes a request, and begins it at once where there is no grace period.</summary>
    public async Task<Erasure> CreateAsync(string projectId, IdentityMode mode, IReadOnlyList<string> ids, string requestedBy, string via, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var erasure = new Erasure(Guid.NewGuid().ToString("n"), projectId, ErasureState.Staging, now, requestedBy, via, [.. ids.Distinct(StringComparer.Ordinal)], now + options.Grace);
        await PutAsync(erasure, PutCondition.IfAbsent, cancellationToken);
        await blobs.PutAsync(QueueNameOf(erasure), ReadOnlyMemory<byte>.Empty, PutCondition.None, cancellationToken);
        return options.Grace > TimeSpan.Zero ? erasure : await BeginAsync(erasure, mode, cancellationToken);
    }

    /// <summary>Begins one: links are followed as they are now, and what was received until now is erased from now on.</summary>
    /// <remarks>Killed anywhere it is begun again; ids and moment of the first time stay where they were kept.</remarks>
    public async Task<Erasure> BeginAsync(Erasure erasure, IdentityMode mode, CancellationToken cancellationToken)
    {
        var people = new List<ErasedPerson>();
        foreach (var id in erasure.Asked)
        {
            var found = await persons.FindAsync(erasure.ProjectId, mode, id, cancellationToken);
            people.Add(ErasedPerson.Of(id, found.Found, found.Map ?? await persons.ReadMapAsync(erasure.ProjectId, mode, cancellationToken), found.Around));
        }
        var begun = erasure with
        {
            State = ErasureState.Started,
            UpToMs = clock.GetUtcNow().ToUnixTimeMilliseconds(),
            Ids = [.. people.SelectMany(person => person.Ids).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
        };
        await erased.AddAsync(erasure.ProjectId, mode, erasure.Id, people, begun.UpToMs, cancellationToken);
        await PutAsync(begun, PutCondition.None, cancellationToken);
        await EraseLookUpRowsAsync(erasure.ProjectId, begun.Ids, cancellationToken);
        return begun;
    }

    /// <summary>Takes the people out of the look-up rows.</summary>
    /// <returns>Rows of profiles and claims that went.</returns>
    public async Task<(int Profiles, int Claims)> EraseLookUpRowsAsync(string projectId, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var items = await erased.ReadAsync(projectId, cancellationToken);
        var around = items.Searches.Values.SelectMany(search => search).Concat(ids).ToHashSet(StringComparer.Ordinal);
        var claims = await identities.EraseAsync(projectId, items, around, cancellationToken);
        // An update may have named a device without its prefix: its row stands under that.
        var named = ids.SelectMany(id => AnonymousId.IsDevice(id) ? [id, id[AnonymousId.DevicePrefix.Length..]] : new[] { id }).ToHashSet(StringComparer.Ordinal);
        return (await profiles.EraseAsync(projectId, named, cancellationToken), claims);
    }

    /// <summary>One request; null where there is none.</summary>
    public async Task<Erasure?> FindAsync(string projectId, string id, CancellationToken cancellationToken) =>
        IsId(id) && await blobs.ReadAsync(NameOf(projectId, id), cancellationToken) is { } content ? Read(NameOf(projectId, id), content) : null;

    /// <summary>All of a project, the oldest first.</summary>
    public async Task<IReadOnlyList<Erasure>> ListAsync(string projectId, CancellationToken cancellationToken)
    {
        var all = new List<Erasure>();
        await foreach (var entry in blobs.ListAsync($"{Folder}{projectId}/erasures/", after: null, cancellationToken))
            if (await blobs.ReadAsync(entry.Name, cancellationToken) is { } content) all.Add(Read(entry.Name, content));
        return [.. all.OrderBy(erasure => erasure.RequestedAt).ThenBy(erasure => erasure.Id, StringComparer.Ordinal)];
    }

    /// <summary>Cancels one in its grace period.</summary>
    /// <returns>It as it is now: cancelled, or as it was where it is too late; null where there is none.</returns>
    public async Task<Erasure?> CancelAsync(string projectId, string id, CancellationToken cancellationToken)
    {
        while (IsId(id) && await blobs.ReadAsync(NameOf(projectId, id), cancellationToken) is { } content)
        {
            var erasure = Read(NameOf(projectId, id), content);
            if (erasure.State != ErasureState.Staging) return erasure;
            var cancelled = erasure with { State = ErasureState.Cancelled, EndedAt = clock.GetUtcNow(), Asked = [] };
            if (!await PutAsync(cancelled, PutCondition.IfVersion(content.ETag), cancellationToken)) continue;
            await blobs.DeleteAsync(QueueNameOf(erasure), cancellationToken);
            return cancelled;
        }
        return null;
    }

    /// <summary>Those of all projects that are not done.</summary>
    internal async Task<IReadOnlyList<Erasure>> ListWaitingAsync(CancellationToken cancellationToken)
    {
        var waiting = new List<Erasure>();
        await foreach (var entry in blobs.ListAsync(QueueFolder, after: null, cancellationToken))
        {
            var parts = entry.Name.Split('/');
            if (await FindAsync(parts[1], parts[2], cancellationToken) is { State: ErasureState.Staging or ErasureState.Started or ErasureState.Pending } erasure) waiting.Add(erasure);
            else await blobs.DeleteAsync(entry.Name, cancellationToken);
        }
        return waiting;
    }

    /// <summary>Keeps one as it is now; one that is done leaves the queue.</summary>
    internal async Task KeepAsync(Erasure erasure, CancellationToken cancellationToken)
    {
        await PutAsync(erasure, PutCondition.None, cancellationToken);
        if (erasure.State is ErasureState.Done or ErasureState.Cancelled) await blobs.DeleteAsync(QueueNameOf(erasure), cancellationToken);
    }

    async Task<bool> PutAsync(Erasure erasure, PutCondition condition, CancellationToken cancellationToken) =>
        await blobs.PutAsync(NameOf(erasure.ProjectId, erasure.Id), JsonSerializer.SerializeToUtf8Bytes(erasure, Json), condition, cancellationToken) is not null;

    static Erasure Read(string name, BlobContent content) =>
        JsonSerializer.Deserialize<Erasure>(content.Bytes.Span, Json) ?? throw new InvalidDataException($"{name} holds no request");

    static bool IsId(string id) => id.Length == 32 && id.All(char.IsAsciiHexDigitLower);

    static string NameOf(string projectId, string id) => string.Create(CultureInfo.InvariantCulture, $"{Folder}{projectId}/erasures/{id}.json");

    static string QueueNameOf(Erasure erasure) => $"{QueueFolder}{erasure.ProjectId}/{erasure.Id}";
}
