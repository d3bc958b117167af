using System.Buffers.Text;
using System.Text;
using Cairn.Storage;

namespace Cairn.Projects.LookupTables;

/// <summary>The lookup tables of every project, one CSV blob each: <c>lookup-tables/{project}/{base64url of the id}.csv</c>.</summary>
public sealed class LookupTables(IBlobStore blobs)
{
    /// <summary>Bytes of an id as UTF-8, so that its blob's name stays short.</summary>
    public const int MaxIdBytes = 150;

    /// <summary>Tables of one project told by a list, at most.</summary>
    const int MaxListed = 10_000;

    /// <summary>Puts a table in the place of the one with this id, as a whole; makes it where there is none.</summary>
    /// <param name="csv">Checked before with <see cref="LookupTableCsv"/>.</param>
    /// <exception cref="StorageUnavailableException">The store can't be reached.</exception>
    public Task ReplaceAsync(string projectId, string tableId, ReadOnlyMemory<byte> csv, CancellationToken cancellationToken) =>
        blobs.PutAsync(NameOf(projectId, tableId), csv, PutCondition.None, cancellationToken);

    /// <summary>The ids of a project's tables.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(string projectId, CancellationToken cancellationToken)
    {
        var ids = new List<string>();
        var folder = FolderOf(projectId);
        await foreach (var blob in blobs.ListAsync(folder, null, cancellationToken))
        {
            ids.Add(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(blob.Name.AsSpan()[folder.Length..^Extension.Length])));
            if (ids.Count == MaxListed) break;
        }
        return ids;
    }

    /// <summary>A table's CSV; null where there is none.</summary>
    public async Task<ReadOnlyMemory<byte>?> ReadAsync(string projectId, string tableId, CancellationToken cancellationToken) =>
        (await blobs.ReadAsync(NameOf(projectId, tableId), cancellationToken))?.Bytes;

    const string Extension = ".csv";

    static string FolderOf(string projectId) => $"lookup-tables/{projectId}/";

    static string NameOf(string projectId, string tableId) =>
        $"{FolderOf(projectId)}{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(tableId))}{Extension}";
}
