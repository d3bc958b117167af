using System.Runtime.CompilerServices;
using Cairn.Storage;

namespace Cairn.Support.Stores;

/// <summary>A table store in front of another that fails where the test says so: reads before, writes before or after they landed.</summary>
public sealed class FaultyTableStore(ITableStore inner) : ITableStore
{
    /// <summary>Asked at every call with the table's name and whether it writes; may be changed at any time. Slow counts as none.</summary>
    public Func<string, bool, BlobFault> Decide { get; set; } = (_, _) => BlobFault.None;

    public Task<TableRow?> FindAsync(string table, string partitionKey, string rowKey, CancellationToken cancellationToken)
    {
        FailWhere(Decide(table, false) is BlobFault.FailBefore or BlobFault.FailAfterSuccess, table);
        return inner.FindAsync(table, partitionKey, rowKey, cancellationToken);
    }

    public async IAsyncEnumerable<TableRow> QueryAsync(string table, TableRange range, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        FailWhere(Decide(table, false) is BlobFault.FailBefore or BlobFault.FailAfterSuccess, table);
        await foreach (var row in inner.QueryAsync(table, range, cancellationToken)) yield return row;
    }

    public async Task<IReadOnlyList<string?>?> SubmitAsync(
        string table, string partitionKey, IReadOnlyList<TableChange> changes, CancellationToken cancellationToken)
    {
        var fault = Decide(table, true);
        FailWhere(fault is BlobFault.FailBefore, table);
        var etags = await inner.SubmitAsync(table, partitionKey, changes, cancellationToken);
        FailWhere(fault is BlobFault.FailAfterSuccess, table);
        return etags;
    }

    static void FailWhere(bool isFault, string table)
    {
        if (isFault) throw new StorageUnavailableException($"Injected fault at table {table}.");
    }
}
