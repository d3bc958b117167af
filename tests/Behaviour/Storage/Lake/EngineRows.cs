using System.Globalization;
using System.Text.Json;
using Cairn.Storage.Delta;
using Cairn.Storage.Lake;
using Cairn.Storage.Rows;
using Cairn.Support;
using Cairn.Support.Lake;

namespace Cairn.Behaviour.Storage.Lake;

/// <summary>Rows of a table as lines of text, the same whoever read them.</summary>
static class EngineRows
{
    /// <summary>Asks ClickHouse for columns of a table.</summary>
    /// <param name="table">A table function.</param>
    public static string ClickHouse(IEnumerable<DeltaColumn> columns, string table) =>
        $"select {string.Join(", ", columns.Select(column => column.Type == DeltaType.Timestamp ? $"toUnixTimestamp64Milli({Backticks(column.Name)})" : Backticks(column.Name)))} from {table}";

    /// <summary>Asks DuckDB for columns of files.</summary>
    public static string DuckDb(IEnumerable<DeltaColumn> columns, IEnumerable<string> paths) =>
        $"select {string.Join(", ", columns.Select(column => column.Type == DeltaType.Timestamp ? $"epoch_ms(\"{column.PhysicalName}\")" : $"\"{column.PhysicalName}\""))} from read_parquet([{string.Join(", ", paths.Select(path => $"'{path}'"))}], union_by_name = true, hive_partitioning = false)";

    /// <summary>The rows as our reader gives them, under the table's columns; sorted.</summary>
    public static async Task<List<string>> OursAsync(LakeVersion version, IReadOnlyList<DeltaColumn> columns)
    {
        var lines = new List<string>();
        foreach (var file in version.Files) lines.AddRange(await OursAsync(version.Schema, file, columns));
        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    /// <summary>The rows of one file, in its order.</summary>
    public static async Task<List<string>> OursAsync(LakeSchema schema, LakeRows of, IReadOnlyList<DeltaColumn> columns)
    {
        var rowNames = schema.ByRowName.ToDictionary(entry => entry.Value.PhysicalName, entry => entry.Key);
        var (lines, file, rows) = (new List<string>(), of.File, of.Rows);
        var read = new List<StoredColumn?>();
        foreach (var column in columns) read.Add(rowNames.TryGetValue(column.PhysicalName, out var name) ? await rows.ReadAsync(name, default) : null);
        var times = (Int64Column)(await rows.ReadAsync(RowLayout.Time, default))!;
        for (var row = 0; row < rows.RowCount; row++)
            lines.Add(string.Join('|', columns.Select((column, i) =>
                column.Name == LakeLayout.Month ? file.Month
                : column.Name == RowLayout.SentTime ? Number(SentTimes.Written(((Int64Column)read[i]!).Values[row], times.Values[row]))
                : read[i] is null ? "∅"
                : RowLines.Show(read[i]!, row) ?? "∅")));
        return lines;
    }

    /// <summary>The rows that an engine gave; sorted.</summary>
    public static List<string> Of(IReadOnlyList<DeltaColumn> columns, JudgeAnswer answer)
    {
        var lines = answer.Rows.Select(row => string.Join('|', columns.Select((column, i) => row[i].ValueKind == JsonValueKind.Null ? "∅" : column.Type switch
        {
            DeltaType.Double => double.Parse(row[i].ToString(), CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture),
            DeltaType.Boolean => row[i].GetBoolean() ? "true" : "false",
            DeltaType.String or DeltaType.Timestamp or DeltaType.Long or DeltaType.Integer or DeltaType.Date => row[i].ToString(),
        }))).ToList();
        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    static string Number(long value) => value == Int64Column.Null ? "∅" : value.ToString(CultureInfo.InvariantCulture);

    static string Backticks(string name) => $"`{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("`", "\\`", StringComparison.Ordinal)}`";
}
