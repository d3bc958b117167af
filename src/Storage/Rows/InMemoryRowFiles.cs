using Cairn.Storage.Recent;

namespace Cairn.Storage.Rows;

/// <summary>Recent rows that were never written to a store: for tests of what reads snapshots, and for looking at a batch before it is stored.</summary>
public sealed class InMemoryRowFiles : IRowColumns
{
    readonly Dictionary<(string File, string Column), StoredColumn> columns = [];

    /// <summary>The builder's rows as a file, all of them live.</summary>
    public RowFile Add(string name, RecentRowsBuilder rows)
    {
        var schema = new List<StoredColumnInfo>();
        foreach (var (info, column) in rows.Build())
        {
            schema.Add(info);
            columns.Add((name, info.Name), column);
        }
        var facts = new RowFileFacts(name, rows.RowCount, schema, this)
        {
            MinTimeMs = rows.MinTimeMs,
            MaxTimeMs = rows.MaxTimeMs,
            MinReceivedAtMs = rows.MinReceivedAtMs,
            MaxReceivedAtMs = rows.MaxReceivedAtMs,
        };
        return new(facts, RowSet.All(rows.RowCount));
    }

    public ValueTask<StoredColumn?> ReadAsync(RowFileFacts file, string column, CancellationToken cancellationToken) =>
        new(columns.GetValueOrDefault((file.Name, column)));
}
