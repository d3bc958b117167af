namespace Cairn.Projects.Aggregates;

/// <summary>How far a project's daily aggregate has come.</summary>
/// <param name="TimeZone">The zone its days are in; when the project's is another, all days are counted anew.</param>
/// <param name="ClosedThrough">The last day that was taken up once it had closed; null before the first run.</param>
/// <param name="Due">Days to count, or to count again because events arrived late; ascending.</param>
/// <param name="SeenSeqs">By "stream/partition": the last seq whose rows' days were looked at.</param>
/// <param name="SeenParts">Files that the lake had then.</param>
/// <param name="LookedAt">When that was, at the latest change of this state; null where nobody looked.</param>
public sealed record AggregateState(
    string TimeZone,
    DateOnly? ClosedThrough,
    IReadOnlyList<DateOnly> Due,
    IReadOnlyDictionary<string, long> SeenSeqs,
    IReadOnlyList<string> SeenParts,
    DateTimeOffset? LookedAt = null)
{
    /// <summary>Nothing done, nothing seen.</summary>
    public static AggregateState Fresh(string timeZone) => new(timeZone, null, [], new Dictionary<string, long>(), []);
}
