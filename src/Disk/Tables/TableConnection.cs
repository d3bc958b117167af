using Microsoft.Data.Sqlite;

namespace Cairn.Disk.Tables;

/// <summary>A connection that keeps every statement it has run prepared; used by one thread at a time.</summary>
/// <remarks>The texts are few: each is made of constants and a table's checked name, values are parameters.</remarks>
sealed class TableConnection(SqliteConnection connection) : IDisposable
{
    readonly Dictionary<string, SqliteCommand> _prepared = new(StringComparer.Ordinal);

    /// <summary>A statement with its values; the same parameters must come in the same order each time.</summary>
    public SqliteCommand Statement(string sql, params ReadOnlySpan<(string Name, object Value)> values)
    {
        if (!_prepared.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
#pragma warning disable CA2100 // See the remarks.
            command.CommandText = sql;
#pragma warning restore CA2100
            foreach (var (name, value) in values) command.Parameters.AddWithValue(name, value);
            _prepared[sql] = command;
            return command;
        }
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i].Value;
        return command;
    }

    /// <summary>Runs a statement that has no answer.</summary>
    public void Run(string sql, params ReadOnlySpan<(string Name, object Value)> values) => Statement(sql, values).ExecuteNonQuery();

    public void Dispose()
    {
        foreach (var command in _prepared.Values) command.Dispose();
        connection.Dispose();
    }
}
