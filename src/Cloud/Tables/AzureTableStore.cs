using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using Cairn.Storage;

namespace Cairn.Cloud.Tables;

/// <summary>Tables of a storage account.</summary>
/// <param name="tables">Tries again by itself: for what may be done twice.</param>
/// <param name="once">The same account, each request sent once: a conditional change must not meet its own first try.</param>
sealed class AzureTableStore(TableServiceClient tables, TableServiceClient once) : ITableStore
{
    /// <summary>Where the client keeps a row's version among its values.</summary>
    const string ETagName = "odata.etag";

    public async Task<TableRow?> FindAsync(string table, string partitionKey, string rowKey, CancellationToken cancellationToken)
    {
        TableLimitCheck.CheckTable(table);
        TableLimitCheck.CheckKey(partitionKey, "partition key");
        TableLimitCheck.CheckKey(rowKey, "row key");
        return await StorageFaults.TellAsync(async () =>
        {
            var found = await tables.GetTableClient(table).GetEntityIfExistsAsync<TableEntity>(partitionKey, rowKey, null, cancellationToken);
            return found.HasValue ? Row(found.Value!) : null;
        }, cancellationToken);
    }

    public async IAsyncEnumerable<TableRow> QueryAsync(string table, TableRange range, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        TableLimitCheck.CheckTable(table);
        await using var listing = tables.GetTableClient(table).QueryAsync<TableEntity>(Filter(range), null, null, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await MoveNextAsync(listing, cancellationToken)) yield return Row(listing.Current);
    }

    public async Task<IReadOnlyList<string?>?> SubmitAsync(
        string table, string partitionKey, IReadOnlyList<TableChange> changes, CancellationToken cancellationToken)
    {
        TableLimitCheck.CheckTransaction(table, partitionKey, changes);
        var isConditional = changes.Any(change => change.IfMatch is not null || change.Action == TableAction.Insert);
        var client = (isConditional ? once : tables).GetTableClient(table);
        var left = Enumerable.Range(0, changes.Count).ToList();
        while (left.Count > 0)
        {
            try
            {
                var done = await StorageFaults.TellAsync(() => client.SubmitTransactionAsync(left.Select(i => Action(partitionKey, changes[i])), cancellationToken), cancellationToken);
                return ETags(changes, left, done.Value);
            }
            catch (StorageUnavailableException fault) when (fault.InnerException is RequestFailedException refused)
            {
                if (refused.ErrorCode == "TableNotFound")
                {
                    await StorageFaults.TellAsync(() => tables.GetTableClient(table).CreateIfNotExistsAsync(cancellationToken), cancellationToken);
                    continue;
                }
                if (refused is not TableTransactionFailedException { FailedTransactionActionIndex: { } at }) throw;
                var change = changes[left[at]];
                // To delete what is not there is no fault, but the service undoes the whole transaction for it.
                if (change is { Action: TableAction.Delete, IfMatch: null } && refused.Status == 404) left.RemoveAt(at);
                else if (refused.ErrorCode is "EntityAlreadyExists" or "UpdateConditionNotSatisfied" || (refused.Status == 404 && change.IfMatch is not null)) return null;
                else throw;
            }
        }
        return new string?[changes.Count];
    }

    static string?[] ETags(IReadOnlyList<TableChange> changes, List<int> done, IReadOnlyList<Response> answers)
    {
        var etags = new string?[changes.Count];
        for (var i = 0; i < done.Count; i++)
            if (changes[done[i]].Action != TableAction.Delete)
                etags[done[i]] = answers[i].Headers.ETag?.ToString();
        return etags;
    }

    static TableTransactionAction Action(string partitionKey, TableChange change)
    {
        var entity = new TableEntity(partitionKey, change.RowKey);
        if (change.Action != TableAction.Delete)
            foreach (var (name, value) in change.Values) entity[name] = value;
        return (change.Action, change.IfMatch) switch
        {
            (TableAction.Insert, _) => new TableTransactionAction(TableTransactionActionType.Add, entity, default),
            (TableAction.Replace, null) => new TableTransactionAction(TableTransactionActionType.UpsertReplace, entity, default),
            (TableAction.Replace, { } version) => new TableTransactionAction(TableTransactionActionType.UpdateReplace, entity, new ETag(version)),
            (TableAction.Delete, var version) => new TableTransactionAction(TableTransactionActionType.Delete, entity, version is null ? ETag.All : new ETag(version)),
        };
    }

    static TableRow Row(TableEntity entity) => new(
        entity.PartitionKey,
        entity.RowKey,
        entity.ETag.ToString(),
        entity.Where(pair => pair.Key is not ("PartitionKey" or "RowKey" or "Timestamp" or ETagName)).ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal));

    static string? Filter(TableRange range)
    {
        var conditions = new List<string>();
        if (range.PartitionKey is { } partition) conditions.Add($"PartitionKey eq '{Quote(partition)}'");
        if (range.RowKeyFrom is { } from) conditions.Add($"RowKey ge '{Quote(from)}'");
        if (range.RowKeyBefore is { } before) conditions.Add($"RowKey lt '{Quote(before)}'");
        return conditions.Count == 0 ? null : string.Join(" and ", conditions);
    }

    static string Quote(string key) => key.Replace("'", "''", StringComparison.Ordinal);

    /// <summary>A table that nobody has written to has no rows.</summary>
    static async Task<bool> MoveNextAsync(IAsyncEnumerator<TableEntity> listing, CancellationToken cancellationToken)
    {
        try
        {
            return await StorageFaults.MoveNextAsync(listing, cancellationToken);
        }
        catch (StorageUnavailableException fault) when (fault.InnerException is RequestFailedException { ErrorCode: "TableNotFound" })
        {
            return false;
        }
    }
}
