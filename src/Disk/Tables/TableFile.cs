using System.Collections.Concurrent;
using Cairn.Storage;
using Microsoft.Data.Sqlite;

namespace Cairn.Disk.Tables;

/// <summary>The SQLite file: its connections and their settings.</summary>
/// <remarks>
/// One SQL table per table, <c>(pk, rk) → etag, body</c>; keys are ASCII, so SQLite's byte order is the ordinal one. ETags come from one counter, kept in
/// <c>etag_counter</c>, so that none is ever given twice. Write-ahead log with <c>synchronous=FULL</c>: a commit is on the disk when it returns
/// (sqlite.org, "Pragma statements", "synchronous"). What is deleted is overwritten with zeros (the same, "secure_delete").
/// </remarks>
sealed class TableFile : IDisposable
{
    /// <summary>How long a statement waits for another connection's lock; readers of a write-ahead log never do.</summary>
    const int BusyTimeoutSeconds = 5;

    readonly string _connectionString;
    readonly string _writerPragmas;
    readonly ConcurrentBag<TableConnection> _idleReaders = [];

    /// <param name="writerPragmas">Extra settings of the writing connection; tests make the file small with it, so that it gets full.</param>
    public TableFile(string path, string writerPragmas)
    {
        _connectionString = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = BusyTimeoutSeconds }.ToString();
        _writerPragmas = writerPragmas;
        using var connection = OpenForWriting();
        connection.Run("PRAGMA journal_mode=WAL");
        connection.Run("CREATE TABLE IF NOT EXISTS etag_counter (last INTEGER NOT NULL)");
        connection.Run("INSERT INTO etag_counter SELECT 0 WHERE NOT EXISTS (SELECT * FROM etag_counter)");
    }

    /// <summary>A connection whose commits are durable.</summary>
    public TableConnection OpenForWriting()
    {
        var connection = Open();
        connection.Run($"PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; {_writerPragmas}");
        return connection;
    }

    /// <summary>Brings the whole write-ahead log into the file and leaves it empty; false where a reader was in the way.</summary>
    public bool TruncateLog()
    {
        using var connection = OpenForWriting();
        return (long)connection.Statement("PRAGMA wal_checkpoint(TRUNCATE)").ExecuteScalar()! == 0;
    }

    /// <summary>Reads on a connection of one's own. One that failed is closed, others are kept for the next reader.</summary>
    public T Read<T>(Func<TableConnection, T> read)
    {
        if (!_idleReaders.TryTake(out var connection)) connection = Open();
        try
        {
            var answer = read(connection);
            _idleReaders.Add(connection);
            return answer;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The SQL name of a table whose name was checked; SQLite and Azure both ignore its case.</summary>
    public static string SqlName(string table)
    {
        TableLimitCheck.CheckTable(table);
        return $"\"t_{table}\"";
    }

    public static bool IsMissingTable(SqliteException e) =>
        e.SqliteErrorCode == SQLitePCL.raw.SQLITE_ERROR && e.Message.Contains("no such table", StringComparison.Ordinal);

    public void Dispose()
    {
        while (_idleReaders.TryTake(out var connection)) connection.Dispose();
    }

    TableConnection Open()
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        return new TableConnection(connection);
    }
}
