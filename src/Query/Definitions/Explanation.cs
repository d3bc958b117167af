namespace Cairn.Query.Definitions;

/// <summary>How a report would be answered, without answering it.</summary>
/// <param name="Engine"><c>builtin</c> or <c>clickhouse</c>.</param>
/// <param name="InsteadOf">Why the built-in engine answers though another one is set; null where that is not so.</param>
public sealed record Explanation(string Engine, string? InsteadOf = null)
{
    /// <summary>What ClickHouse is asked.</summary>
    public IReadOnlyList<ExplainedStatement> Statements { get; init; } = [];

    /// <summary>What the built-in engine looks at.</summary>
    public IReadOnlyList<ExplainedFile> Files { get; init; } = [];

    /// <summary>What it reads of them, once a column is not in memory.</summary>
    public IReadOnlyList<ExplainedColumn> Columns { get; init; } = [];
}

/// <summary>A statement with the values that are bound in it, secrets left out.</summary>
/// <param name="Tables">Those sent along, with their columns.</param>
/// <param name="LakeVersion">Of the table that it reads.</param>
public sealed record ExplainedStatement(string Sql, IReadOnlyDictionary<string, string> Parameters, IReadOnlyList<string> Tables, long LakeVersion);

/// <summary>A file of the lake or a recent one.</summary>
/// <param name="Rows">Those that count.</param>
public sealed record ExplainedFile(string Name, int Rows);

/// <summary>A column of events.</summary>
/// <param name="Bytes">What it takes in memory, rather too much than too little.</param>
public sealed record ExplainedColumn(string Name, long Bytes);
