using Cairn.Storage.Rows;

namespace Cairn.Storage.Lake;

/// <summary>The filters beside data files: loaded when first asked for, and kept as long as the cache's budget allows.</summary>
sealed class KeyFilters(IBlobStore blobs, ColumnCache cache)
{
    /// <summary>The cache's part for a file's filter; no column is called so.</summary>
    const string Part = "/keys";

    /// <summary>A file's filter; null where it has none, so that any key may be in it.</summary>
    /// <param name="root">The table's.</param>
    public ValueTask<KeyFilter?> ReadAsync(string root, string path, CancellationToken cancellationToken) =>
        cache.GetAsync($"{root}/{path}", Part, async () =>
        {
            var name = LakeLayout.KeysOf(root, path);
            var content = await blobs.ReadAsync(name, CancellationToken.None);
            var filter = content is null ? null : KeyFilter.Read(name, content.Bytes.Span);
            return (filter, filter?.MemoryBytes ?? 0);
        }, cancellationToken);
}
