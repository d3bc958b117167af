namespace Cairn.Query.ClickHouse;

/// <summary>A report that can't be asked of ClickHouse so that the answer is exact; nothing else is answered in its place.</summary>
/// <remarks>The list with reasons: docs/operations/clickhouse.md, "What stays with the built-in engine".</remarks>
/// <param name="what">The part of a report, as a person would say it: "sessions", "a list or an object (event.tags)".</param>
public sealed class NotExpressedException(string what) : Exception($"ClickHouse is not asked: {what}")
{
    public string What { get; } = what;
}
