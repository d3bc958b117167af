using Cairn.Storage;
using Microsoft.Data.Sqlite;

namespace Cairn.Disk.Tables;

/// <summary>Applies one transaction of one partition inside the open SQL transaction: looks at every condition first, then changes all or nothing.</summary>
readonly struct TransactionApplier(SqliteConnection connection, string table, string partitionKey)
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

    long? FindETag(string rowKey)
    {
        using var command = Command($"SELECT etag FROM {TableFile.SqlName(table)} WHERE pk = $pk AND rk = $rk", rowKey);
        return (long?)command.ExecuteScalar();
    }

    void Write(TableChange change, long etag)
    {
        using var command = Command($"INSERT OR REPLACE INTO {TableFile.SqlName(table)} (pk, rk, etag, body) VALUES ($pk, $rk, $etag, $body)", change.RowKey);
        command.Parameters.AddWithValue("$etag", etag);
        command.Parameters.AddWithValue("$body", RowCodec.Encode(change.Values));
        command.ExecuteNonQuery();
    }

    void Delete(string rowKey)
    {
        using var command = Command($"DELETE FROM {TableFile.SqlName(table)} WHERE pk = $pk AND rk = $rk", rowKey);
        command.ExecuteNonQuery();
    }

    SqliteCommand Command(string sql, string rowKey)
    {
        var command = connection.CreateCommand();
        // Constants and a checked table name; values are parameters.
#pragma warning disable CA2100
        command.CommandText = sql;
#pragma warning restore CA2100
        command.Parameters.AddWithValue("$pk", partitionKey);
        command.Parameters.AddWithValue("$rk", rowKey);
        return command;
    }
}
