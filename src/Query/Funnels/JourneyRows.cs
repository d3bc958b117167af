namespace Cairn.Query.Funnels;

/// <summary>One person's rows as a funnel sees them.</summary>
/// <param name="timesMs">Unix milliseconds, ascending; equal ones in a definite order.</param>
/// <param name="marks">What each row is to the funnel, see <see cref="FunnelRules"/>.</param>
/// <param name="sessions">The number of each row's session within the person, -1 where it is in none; empty where the window is elapsed time.</param>
public readonly ref struct JourneyRows(ReadOnlySpan<long> timesMs, ReadOnlySpan<uint> marks, ReadOnlySpan<int> sessions)
{
    public ReadOnlySpan<long> TimesMs { get; } = timesMs;

    public ReadOnlySpan<uint> Marks { get; } = marks;

    public ReadOnlySpan<int> Sessions { get; } = sessions;

    public int Count => Marks.Length;
}
