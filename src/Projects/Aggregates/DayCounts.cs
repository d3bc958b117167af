namespace Cairn.Projects.Aggregates;

/// <summary>What happened on one closed day of a project: events by name, and who was active.</summary>
/// <param name="Date">The day, in <paramref name="TimeZone"/>.</param>
/// <param name="Events">By name, the most frequent first; at most <see cref="DayCounter.MaxNames"/>.</param>
/// <param name="NamesLeftOut">How many names the limit left out; their events are in <paramref name="Total"/> all the same.</param>
/// <param name="Total">All events of the day.</param>
/// <param name="ActiveUsers">Different persons with at least one event, by the links known at <paramref name="ComputedAt"/>.</param>
/// <param name="DataUpTo">The newest receipt among all rows that could be seen; null where there were none.</param>
/// <remarks>Kept as JSON, docs/formats/aggregates.md.</remarks>
public sealed record DayCounts(
    DateOnly Date,
    string TimeZone,
    IReadOnlyList<EventCount> Events,
    int NamesLeftOut,
    long Total,
    long ActiveUsers,
    DateTimeOffset ComputedAt,
    DateTimeOffset? DataUpTo);

/// <summary>One event's day.</summary>
/// <param name="Count">How often it happened.</param>
/// <param name="Users">To how many different persons.</param>
public sealed record EventCount(string Name, long Count, long Users);
