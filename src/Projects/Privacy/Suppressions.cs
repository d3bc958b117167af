using System.Buffers.Text;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Cairn.Ingestion;
using Cairn.Storage;

namespace Cairn.Projects.Privacy;

/// <summary>Who asked not to be tracked, kept as hashes in the table <c>suppressions</c> and held in memory.</summary>
/// <remarks>
/// A suppression made in this process holds at once, elsewhere within <see cref="VisibleElsewhereWithin"/>. Asked for every event, so a project that has
/// none costs one look in a dictionary, and an id is hashed only where the project has some. Row: partition = project, row key = base64url(SHA-256(id)).
/// </remarks>
public sealed class Suppressions(ITableStore tables, TimeProvider clock) : ISuppressions, IDisposable
{
    public static readonly TimeSpan VisibleElsewhereWithin = TimeSpan.FromSeconds(30);

    const string Table = "suppressions";

    readonly SemaphoreSlim _loading = new(1);
    FrozenDictionary<string, FrozenSet<string>>? _hashesByProject;

    public bool IsSuppressed(string projectId, ReadOnlySpan<byte> utf8Id)
    {
        var known = _hashesByProject ?? throw new InvalidOperationException("Suppressions are asked before they were loaded.");
        if (!known.TryGetValue(projectId, out var hashes)) return false;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(utf8Id, hash);
        Span<char> text = stackalloc char[Base64Url.GetEncodedLength(hash.Length)];
        Base64Url.EncodeToChars(hash, text);
        return hashes.GetAlternateLookup<ReadOnlySpan<char>>().Contains(text);
    }

    /// <summary>Keeps nothing of this id from now on.</summary>
    public async Task SuppressAsync(string projectId, string id, CancellationToken cancellationToken)
    {
        var values = new Dictionary<string, object> { ["since"] = clock.GetUtcNow() };
        await tables.SubmitAsync(Table, projectId, [new(KeyOf(id), TableAction.Replace, values)], cancellationToken);
        await LoadAsync(cancellationToken);
    }

    /// <summary>Lets this id be tracked again.</summary>
    public async Task AllowAsync(string projectId, string id, CancellationToken cancellationToken)
    {
        await tables.SubmitAsync(Table, projectId, [new(KeyOf(id), TableAction.Delete, new Dictionary<string, object>())], cancellationToken);
        await LoadAsync(cancellationToken);
    }

    /// <summary>Reads all of them anew; what was known stays while this fails.</summary>
    /// <exception cref="StorageUnavailableException">The table can't be read.</exception>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await _loading.WaitAsync(cancellationToken);
        try
        {
            var rows = new List<(string Project, string Hash)>();
            await foreach (var row in tables.QueryAsync(Table, new TableRange(null), cancellationToken)) rows.Add((row.PartitionKey, row.RowKey));
            _hashesByProject = rows.GroupBy(row => row.Project, row => row.Hash, StringComparer.Ordinal)
                .ToFrozenDictionary(group => group.Key, group => group.ToFrozenSet(StringComparer.Ordinal), StringComparer.Ordinal);
        }
        finally
        {
            _loading.Release();
        }
    }

    public void Dispose() => _loading.Dispose();

    static string KeyOf(string id) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(id)));
}
