using Cairn.Storage;
using Microsoft.Data.Sqlite;

namespace Cairn.Disk.Tables;

/// <summary>The SQLite file: its connections, its settings and its statements.</summary>
/// <remarks>
/// One SQL table per table, <c>(pk, rk) → etag, body</c>; keys are ASCII, so SQLite's byte order is the ordinal one. ETags come from one counter, kept in
/// <c>etag_counter</c>, so that none is ever given twice. Write-ahead log with <c>synchronous=FULL</c>: a commit is on the disk when it returns
/// (sqlite.org, "Pragma statements", "synchronous").
/// </remarks>
sealed class TableFile : IDisposable
{
    /// <summary>How long a statement waits for another connection's lock; readers of a write-ahead log never do.</summary>
    const int BusyTimeoutSeconds = 5;

    readonly string _connectionString;
    readonly string _writerPragmas;

    /// <param name="writerPragmas">Extra settings of the writing connection; tests make the file small with it, so that it gets full.</param>
    public TableFile(string path, string writerPragmas)
    {
        _connectionString = new SqliteConnectionStringBuilder { DataSource = path, Pooling = true, DefaultTimeout = BusyTimeoutSeconds }.ToString();
        _writerPragmas = writerPragmas;
        using var connection = OpenForWriting();
        Execute(connection, "PRAGMA journal_mode=WAL; CREATE TABLE IF NOT EXISTS etag_counter (last INTEGER NOT NULL);"
            + "INSERT INTO etag_counter SELECT 0 WHERE NOT EXISTS (SELECT * FROM etag_counter);");
    }

    /// <summary>A connection of one's own, from the pool; disposing gives it back.</summary>
    public SqliteConnection OpenForReading()
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        return connection;
    }

    /// <summary>The same, with the settings that make a commit durable.</summary>
    public SqliteConnection OpenForWriting()
    {
        var connection = OpenForReading();
        Execute(connection, $"PRAGMA synchronous=FULL; {_writerPragmas}");
        return connection;
    }

    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        // Every text here is a constant of this room or holds a checked table name, which is letters and digits.
#pragma warning disable CA2100
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
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
        using var connection = new SqliteConnection(_connectionString);
        SqliteConnection.ClearPool(connection);
    }
}
