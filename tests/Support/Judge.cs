using System.Text.Json;

namespace Cairn.Support;

/// <summary>An engine nobody here wrote that reads the files we write: what it sees is what everybody sees.</summary>
public sealed class Judge
{
    readonly string script;

    Judge(string script) => this.script = script;

    /// <summary>DuckDB in process.</summary>
    public static Judge DuckDb { get; } = new("judges/duckdb.mjs");

    /// <summary>ClickHouse in process.</summary>
    public static Judge ClickHouse { get; } = new("judges/clickhouse.mjs");

    /// <summary>Runs one statement.</summary>
    public async Task<JudgeAnswer> AskAsync(string sql) => (await AskAsync([sql]))[0];

    /// <summary>Runs statements in turn in one session (a start costs about a second: ask together what belongs together).</summary>
    /// <returns>An answer a statement.</returns>
    public Task<IReadOnlyList<JudgeAnswer>> AskAsync(IEnumerable<string> sql) =>
        NodeTool.AskAsync<IReadOnlyList<JudgeAnswer>>(script, new { statements = sql });

    /// <summary>Runs statements whose answers do not matter, such as <c>copy … to</c>.</summary>
    public Task RunAsync(params string[] sql) => NodeTool.AskAsync<JsonElement>(script, new { statements = sql });
}

/// <summary>Rows as an engine gave them: 64-bit integers are JSON strings, null is JSON null.</summary>
/// <param name="Ms">How long the engine took.</param>
public sealed record JudgeAnswer(double Ms, IReadOnlyList<string> Names, IReadOnlyList<string> Types, IReadOnlyList<IReadOnlyList<JsonElement>> Rows)
{
    /// <summary>The rows as text: values joined by "|", null as "∅".</summary>
    public IEnumerable<string> Lines() =>
        Rows.Select(row => string.Join('|', row.Select(value => value.ValueKind == JsonValueKind.Null ? "∅" : value.ToString())));
}
