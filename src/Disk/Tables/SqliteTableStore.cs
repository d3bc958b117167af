using System.Runtime.CompilerServices;
using Cairn.Storage;
using Microsoft.Data.Sqlite;

namespace Cairn.Disk.Tables;

/// <summary>Tables in one SQLite file. Each reader has a connection for as long as it reads; all writes go through one <see cref="TableWriter"/>.</summary>
public sealed class SqliteTableStore : ITableStore, IStoreTraces, IAsyncDisposable
{
    /// <summary>Rows read at once in a listing. Between pages no read transaction is open, so a slow listener doesn't keep the log from being folded back.</summary>
    const int PageRows = 500;

    readonly TableFile _file;
    readonly TableWriter _writer;

    /// <param name="path">The file; made when missing, its folder too.</param>
    /// <param name="pragmas">Extra SQLite settings of every connection; tests bound the file's size with it.</param>
    public SqliteTableStore(string path, string pragmas = "")
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        _file = new TableFile(path, pragmas);
        _writer = new TableWriter(_file);
    }

    public string Name => "tables";

    /// <summary>Brings the write-ahead log into the file and empties it; what was deleted was overwritten with zeros there.</summary>
    public Task<bool> ForgetAsync(IReadOnlyList<long> streamEnds, CancellationToken cancellationToken)
    {
        try
        {
            return Task.FromResult(_file.TruncateLog());
        }
        catch (SqliteException e)
        {
            throw new StorageUnavailableException($"SQLite failed emptying its log: {e.Message}", e);
        }
    }

    public Task<TableRow?> FindAsync(string table, string partitionKey, string rowKey, CancellationToken cancellationToken)
    {
        TableLimitCheck.CheckTable(table);
        TableLimitCheck.CheckKey(partitionKey, "partition key");
        TableLimitCheck.CheckKey(rowKey, "row key");
        cancellationToken.ThrowIfCancellationRequested();
        var rows = Read(table, "WHERE pk = $pk AND rk = $rk", ("$pk", partitionKey), ("$rk", rowKey));
        return Task.FromResult(rows.Count == 0 ? null : rows[0]);
    }

    public async IAsyncEnumerable<TableRow> QueryAsync(
        string table, TableRange range, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        TableLimitCheck.CheckTable(table);
        TableRow? last = null;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            // SQLite has no asynchronous reads; a page is short, and between pages the thread is given back.
            await Task.Yield();
            var page = ReadPage(table, range, last);
            foreach (var row in page) yield return row;
            if (page.Count < PageRows) yield break;
            last = page[^1];
        }
    }

    public Task<IReadOnlyList<string?>?> SubmitAsync(
        string table, string partitionKey, IReadOnlyList<TableChange> changes, CancellationToken cancellationToken)
    {
        TableLimitCheck.CheckTransaction(table, partitionKey, changes);
        return _writer.WriteAsync(table, partitionKey, changes, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        _file.Dispose();
    }

    List<TableRow> ReadPage(string table, TableRange range, TableRow? last)
    {
        var conditions = new List<string>();
        var parameters = new List<(string, object)>();
        void Add(string condition, string name, string? value)
        {
            if (value is null) return;
            conditions.Add(condition);
            parameters.Add((name, value));
        }

        Add("pk = $pk", "$pk", range.PartitionKey);
        Add("rk >= $from", "$from", range.RowKeyFrom);
        Add("rk < $before", "$before", range.RowKeyBefore);
        if (last is not null)
        {
            Add("(pk, rk) > ($lastPk, $lastRk)", "$lastPk", last.PartitionKey);
            parameters.Add(("$lastRk", last.RowKey));
        }
        var where = conditions.Count == 0 ? "" : "WHERE " + string.Join(" AND ", conditions);
        return Read(table, $"{where} ORDER BY pk, rk LIMIT {PageRows}", [.. parameters]);
    }

    List<TableRow> Read(string table, string clause, params (string Name, object Value)[] values)
    {
        try
        {
            return _file.Read(connection =>
            {
                using var reader = connection.Statement($"SELECT pk, rk, etag, body FROM {TableFile.SqlName(table)} {clause}", values).ExecuteReader();
                var rows = new List<TableRow>();
                while (reader.Read())
                    rows.Add(new TableRow(reader.GetString(0), reader.GetString(1), RowETag.Write(reader.GetInt64(2)), RowCodec.Decode((byte[])reader[3])));
                return rows;
            });
        }
        catch (SqliteException e) when (TableFile.IsMissingTable(e))
        {
            // A table that nobody has written to has no rows.
            return [];
        }
        catch (SqliteException e)
        {
            throw new StorageUnavailableException($"SQLite failed reading table {table}: {e.Message}", e);
        }
    }
}
