using System.Globalization;
using System.Runtime.CompilerServices;
using Cairn.Storage;

namespace Cairn.Support.Stores;

/// <summary>Tables in sorted dictionaries, under one lock: the plainest store that keeps the port's contract, limits included.</summary>
public sealed class InMemoryTableStore : ITableStore
{
    static readonly Comparer<(string Pk, string Rk)> KeyOrder = Comparer<(string Pk, string Rk)>.Create((a, b) =>
        string.CompareOrdinal(a.Pk, b.Pk) is var byPartition && byPartition != 0 ? byPartition : string.CompareOrdinal(a.Rk, b.Rk));

    readonly Lock _lock = new();
    readonly Dictionary<string, SortedDictionary<(string Pk, string Rk), TableRow>> _tables = new(StringComparer.OrdinalIgnoreCase);
    long _lastETag;

    public Task<TableRow?> FindAsync(string table, string partitionKey, string rowKey, CancellationToken cancellationToken)
    {
        TableLimitCheck.CheckTable(table);
        TableLimitCheck.CheckKey(partitionKey, "partition key");
        TableLimitCheck.CheckKey(rowKey, "row key");
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock) return Task.FromResult(RowsOf(table).GetValueOrDefault((partitionKey, rowKey)));
    }

    public async IAsyncEnumerable<TableRow> QueryAsync(string table, TableRange range, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        TableLimitCheck.CheckTable(table);
        List<TableRow> rows;
        lock (_lock) rows = [.. RowsOf(table).Values.Where(row => IsIn(range, row))];
        foreach (var row in rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
            yield return row;
        }
    }

    public Task<IReadOnlyList<string?>?> SubmitAsync(
        string table, string partitionKey, IReadOnlyList<TableChange> changes, CancellationToken cancellationToken)
    {
        TableLimitCheck.CheckTransaction(table, partitionKey, changes);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            var rows = RowsOf(table);
            if (!changes.All(change => Holds(change, rows.GetValueOrDefault((partitionKey, change.RowKey)))))
                return Task.FromResult<IReadOnlyList<string?>?>(null);
            return Task.FromResult<IReadOnlyList<string?>?>([.. changes.Select(change => Apply(rows, partitionKey, change))]);
        }
    }

    static bool Holds(TableChange change, TableRow? current) =>
        change.Action is TableAction.Insert ? current is null : change.IfMatch is null || change.IfMatch == current?.ETag;

    string? Apply(SortedDictionary<(string, string), TableRow> rows, string partitionKey, TableChange change)
    {
        if (change.Action is TableAction.Delete)
        {
            rows.Remove((partitionKey, change.RowKey));
            return null;
        }
        var etag = (++_lastETag).ToString("x", CultureInfo.InvariantCulture);
        rows[(partitionKey, change.RowKey)] = new TableRow(partitionKey, change.RowKey, etag, Copy(change.Values));
        return etag;
    }

    static Dictionary<string, object> Copy(IReadOnlyDictionary<string, object> values) => values.ToDictionary(
        pair => pair.Key,
        pair => pair.Value switch
        {
            byte[] bytes => bytes.ToArray(),
            DateTimeOffset time => time.ToUniversalTime(),
            var value => value,
        },
        StringComparer.Ordinal);

    static bool IsIn(TableRange range, TableRow row) =>
        (range.PartitionKey is null || range.PartitionKey == row.PartitionKey)
        && (range.RowKeyFrom is null || string.CompareOrdinal(row.RowKey, range.RowKeyFrom) >= 0)
        && (range.RowKeyBefore is null || string.CompareOrdinal(row.RowKey, range.RowKeyBefore) < 0);

    SortedDictionary<(string Pk, string Rk), TableRow> RowsOf(string table)
    {
        if (!_tables.TryGetValue(table, out var rows)) _tables[table] = rows = new SortedDictionary<(string, string), TableRow>(KeyOrder);
        return rows;
    }
}
