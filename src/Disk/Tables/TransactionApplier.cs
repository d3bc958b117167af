using Cairn.Storage;

namespace Cairn.Disk.Tables;

/// <summary>Applies one transaction of one partition inside the open SQL transaction: looks at every condition first, then changes all or nothing.</summary>
readonly struct TransactionApplier(TableConnection connection, string table, string partitionKey)
{
    /// <summary>New ETags in order, null for deletions; null where a condition did not hold.</summary>
    /// <param name="counter">The last ETag given; grows with every row written.</param>
    public string?[]? Apply(IReadOnlyList<TableChange> changes, ref long counter)
    {
        foreach (var change in changes)
        {
            if (!Holds(change)) return null;
        }
        var etags = new string?[changes.Count];
        for (var i = 0; i < etags.Length; i++)
        {
            if (changes[i].Action is TableAction.Delete)
            {
                Delete(changes[i].RowKey);
                continue;
            }
            Write(changes[i], ++counter);
            etags[i] = RowETag.Write(counter);
        }
        return etags;
    }

    bool Holds(TableChange change)
    {
        if (change.Action is TableAction.Insert) return FindETag(change.RowKey) is null;
        return change.IfMatch is null || (RowETag.Read(change.IfMatch) is { } expected && FindETag(change.RowKey) == expected);
    }

    long? FindETag(string rowKey) => (long?)connection.Statement(
        $"SELECT etag FROM {TableFile.SqlName(table)} WHERE pk = $pk AND rk = $rk", ("$pk", partitionKey), ("$rk", rowKey)).ExecuteScalar();

    void Write(TableChange change, long etag) => connection.Run(
        $"INSERT OR REPLACE INTO {TableFile.SqlName(table)} (pk, rk, etag, body) VALUES ($pk, $rk, $etag, $body)",
        ("$pk", partitionKey), ("$rk", change.RowKey), ("$etag", etag), ("$body", RowCodec.Encode(change.Values)));

    void Delete(string rowKey) => connection.Run(
        $"DELETE FROM {TableFile.SqlName(table)} WHERE pk = $pk AND rk = $rk", ("$pk", partitionKey), ("$rk", rowKey));
}
