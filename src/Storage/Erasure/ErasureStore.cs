using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Cairn.Model.Identity;

namespace Cairn.Storage.Erasure;

/// <summary>Keeps what is erased in each project under <c>erased/</c>. One of these serves a process; thread-safe.</summary>
/// <remarks>A change made in this process holds at once; readers of rows see one made elsewhere at once too, the door and the consumer within <see cref="VisibleElsewhereWithin"/>.</remarks>
[SuppressMessage("Design", "CA1001", Justification = "lives as long as the process; its gate holds no wait handle")]
public sealed class ErasureStore(IBlobStore blobs, TimeProvider clock)
{
    public const string Folder = "erased/";

    /// <summary>How old what the door and the consumer know may be: looking at every message would be paid for by the request.</summary>
    public static readonly TimeSpan VisibleElsewhereWithin = TimeSpan.FromSeconds(30);

    /// <summary>Bytes of a project's salt.</summary>
    const int SaltBytes = 32;

    const string Suffix = ".json";

    readonly ConcurrentDictionary<string, (string ETag, ErasedItems Items)> known = new(StringComparer.Ordinal);
    readonly SemaphoreSlim gate = new(1);
    FrozenDictionary<string, ErasedItems> recent = FrozenDictionary<string, ErasedItems>.Empty;
    DateTimeOffset recentAt = DateTimeOffset.MinValue;

    /// <summary>What is erased in a project now.</summary>
    public async ValueTask<ErasedItems> ReadAsync(string projectId, CancellationToken cancellationToken)
    {
        var name = NameOf(projectId);
        if (await blobs.FindAsync(name, cancellationToken) is not { } entry) return ErasedItems.None;
        if (known.TryGetValue(projectId, out var kept) && kept.ETag == entry.ETag) return kept.Items;
        return (await ReadVersionAsync(projectId, cancellationToken)).Items;
    }

    /// <summary>What is erased in all projects that have something erased, as known lately: synchronous for as long as that is young.</summary>
    public ValueTask<IReadOnlyDictionary<string, ErasedItems>> ReadRecentAsync(CancellationToken cancellationToken) =>
        clock.GetUtcNow() - recentAt < VisibleElsewhereWithin ? new(recent) : new(RefreshAsync(cancellationToken));

    /// <summary>From now on these persons' items up to a moment are erased.</summary>
    /// <param name="upToMs">Receipt, included, Unix milliseconds.</param>
    public Task AddAsync(string projectId, IdentityMode mode, string erasureId, IReadOnlyList<ErasedPerson> persons, long upToMs, CancellationToken cancellationToken) =>
        ChangeAsync(projectId, items =>
        {
            var next = items.IsNone && items.Salt.Length == 0 ? new ErasedItems(mode, RandomNumberGenerator.GetBytes(SaltBytes), 0, items.Ids, items.Keys, items.Searches) : items;
            var ids = next.Ids.ToDictionary();
            var searches = next.Searches.ToDictionary(StringComparer.Ordinal);
            if (!searches.TryAdd(erasureId, [.. persons.SelectMany(person => person.Around).Distinct(StringComparer.Ordinal)])) return next;
            foreach (var person in persons)
            {
                foreach (var id in person.Ids.Concat(person.Turns.Keys).Distinct(StringComparer.Ordinal))
                    ids[next.HashOf(id)] = new(upToMs, person.Ids.Contains(id, StringComparer.Ordinal), person.Turns.GetValueOrDefault(id) ?? []);
            }
            return new(mode, next.Salt, next.Requests + 1, ids, next.Keys, searches);
        }, cancellationToken);

    /// <summary>From now on copies of some erased items are erased too.</summary>
    /// <param name="keys">By salted hash, up to which receipt, not included.</param>
    public Task AddKeysAsync(string projectId, IReadOnlyDictionary<long, long> keys, CancellationToken cancellationToken) =>
        keys.Count == 0 ? Task.CompletedTask : ChangeAsync(projectId, items =>
        {
            var all = items.Keys.ToDictionary();
            foreach (var (hash, untilMs) in keys) all[hash] = Math.Max(untilMs, all.GetValueOrDefault(hash));
            return new(items.Mode, items.Salt, items.Requests, items.Ids, all, items.Searches);
        }, cancellationToken);

    /// <summary>The rows of some erasures stand in no file any more: nobody looks for them, and their ids are forgotten.</summary>
    public Task EndAsync(string projectId, IEnumerable<string> erasureIds, CancellationToken cancellationToken) =>
        ChangeAsync(projectId, items =>
        {
            var searches = items.Searches.ToDictionary(StringComparer.Ordinal);
            foreach (var id in erasureIds) searches.Remove(id);
            return new(items.Mode, items.Salt, items.Requests, items.Ids, items.Keys, searches);
        }, cancellationToken);

    async Task ChangeAsync(string projectId, Func<ErasedItems, ErasedItems> change, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (etag, before) = await ReadVersionAsync(projectId, cancellationToken);
            var after = change(before);
            var condition = etag is null ? PutCondition.IfAbsent : PutCondition.IfVersion(etag);
            if (await blobs.PutAsync(NameOf(projectId), ErasedItemsFile.Write(after), condition, cancellationToken) is not { } written) continue;
            known[projectId] = (written, after);
            await RefreshAsync(cancellationToken);
            return;
        }
    }

    async Task<(string? ETag, ErasedItems Items)> ReadVersionAsync(string projectId, CancellationToken cancellationToken)
    {
        if (await blobs.ReadAsync(NameOf(projectId), cancellationToken) is not { } content) return (null, ErasedItems.None);
        var items = ErasedItemsFile.Read(NameOf(projectId), content.Bytes.Span);
        known[projectId] = (content.ETag, items);
        return (content.ETag, items);
    }

    async Task<IReadOnlyDictionary<string, ErasedItems>> RefreshAsync(CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            var asked = clock.GetUtcNow();
            var all = new Dictionary<string, ErasedItems>(StringComparer.Ordinal);
            await foreach (var entry in blobs.ListAsync(Folder, after: null, cancellationToken))
            {
                var projectId = entry.Name[Folder.Length..^Suffix.Length];
                all[projectId] = known.TryGetValue(projectId, out var kept) && kept.ETag == entry.ETag ? kept.Items : (await ReadVersionAsync(projectId, cancellationToken)).Items;
            }
            recent = all.ToFrozenDictionary(StringComparer.Ordinal);
            recentAt = asked;
            return recent;
        }
        finally
        {
            gate.Release();
        }
    }

    static string NameOf(string projectId) => Folder + projectId + Suffix;
}
