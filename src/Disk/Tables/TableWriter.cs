using System.Threading.Channels;
using Cairn.Storage;
using Microsoft.Data.Sqlite;

namespace Cairn.Disk.Tables;

/// <summary>
/// Does all writes, one after the other, on one connection; what waits while the disk is flushing goes into the next SQL transaction together, so a
/// flush is shared by everybody who waited for it.
/// </summary>
sealed class TableWriter : IAsyncDisposable
{
    /// <summary>Transactions that share one flush; bounds how long the first of them waits.</summary>
    const int MaxTransactionsPerFlush = 64;

    readonly TableFile _file;
    readonly Channel<Pending> _queue = Channel.CreateUnbounded<Pending>(new UnboundedChannelOptions { SingleReader = true });
    readonly HashSet<string> _knownTables = new(StringComparer.OrdinalIgnoreCase);
    readonly Task _loop;
    TableConnection? _connection;

    public TableWriter(TableFile file)
    {
        _file = file;
        _loop = Task.Run(RunAsync);
    }

    public async Task<IReadOnlyList<string?>?> WriteAsync(
        string table, string partitionKey, IReadOnlyList<TableChange> changes, CancellationToken cancellationToken)
    {
        var pending = new Pending(table, partitionKey, changes, cancellationToken);
        if (!_queue.Writer.TryWrite(pending)) throw new StorageUnavailableException("The table store was closed.");
        return await pending.Done.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _loop;
        _connection?.Dispose();
    }

    async Task RunAsync()
    {
        var group = new List<Pending>(MaxTransactionsPerFlush);
        while (await _queue.Reader.WaitToReadAsync())
        {
            group.Clear();
            while (group.Count < MaxTransactionsPerFlush && _queue.Reader.TryRead(out var pending)) group.Add(pending);
            Commit(group);
        }
    }

    void Commit(List<Pending> group)
    {
        try
        {
            var connection = _connection ??= _file.OpenForWriting();
            connection.Run("BEGIN IMMEDIATE");
            var counter = ReadCounter(connection);
            var answers = new List<(Pending Pending, string?[]? ETags)>(group.Count);
            foreach (var pending in group)
            {
                if (pending.CancellationToken.IsCancellationRequested) continue;
                CreateTable(connection, pending.Table);
                answers.Add((pending, new TransactionApplier(connection, pending.Table, pending.PartitionKey).Apply(pending.Changes, ref counter)));
            }
            connection.Run("UPDATE etag_counter SET last = $last", ("$last", counter));
            connection.Run("COMMIT");

            foreach (var (pending, etags) in answers) pending.Done.TrySetResult(etags);
            foreach (var pending in group) pending.Done.TrySetCanceled(pending.CancellationToken);
        }
        catch (Exception e)
        {
            // Whatever it was, closing rolls the SQL transaction back, tables made in it too; all who shared it are told, and the loop goes on.
            _connection?.Dispose();
            _connection = null;
            _knownTables.Clear();
            foreach (var pending in group)
            {
                pending.Done.TrySetException(
                    e is SqliteException ? new StorageUnavailableException($"SQLite failed writing table {pending.Table}: {e.Message}", e) : e);
            }
        }
    }

    void CreateTable(TableConnection connection, string table)
    {
        if (!_knownTables.Add(table)) return;
        connection.Run(
            $"CREATE TABLE IF NOT EXISTS {TableFile.SqlName(table)} "
            + "(pk TEXT NOT NULL, rk TEXT NOT NULL, etag INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (pk, rk))");
    }

    static long ReadCounter(TableConnection connection) => (long)connection.Statement("SELECT last FROM etag_counter").ExecuteScalar()!;

    sealed record Pending(string Table, string PartitionKey, IReadOnlyList<TableChange> Changes, CancellationToken CancellationToken)
    {
        public TaskCompletionSource<IReadOnlyList<string?>?> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
