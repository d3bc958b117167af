namespace Cairn.Projects.Reports.Daily;

/// <summary>A report's answer as of the end of one day of its project, computed once that day had closed.</summary>
/// <param name="DefinitionKey">Which question it answers: <see cref="Reports.DefinitionKey"/>.</param>
/// <param name="TimeZone">Whose day it is.</param>
/// <param name="ComputedAt">When; by the rows, links and profiles that were there then.</param>
/// <param name="DataUpTo">The newest receipt among those rows; null without any.</param>
/// <param name="Answer">The answer as it is sent, one JSON object.</param>
/// <remarks>Kept as JSON, docs/formats/aggregates.md.</remarks>
public sealed record StoredDay(DateOnly Date, string TimeZone, string DefinitionKey, DateTimeOffset ComputedAt, DateTimeOffset? DataUpTo, string Answer);
