using Cairn.Query.Definitions;

namespace Cairn.Query.Stickiness;

/// <summary>On how many units of each period a person was active.</summary>
/// <remarks>Meaning: docs/semantics/stickiness.md; the naive twin is the tests' oracle.</remarks>
static class StickinessKernel
{
    /// <summary>Counts the different units of each period.</summary>
    /// <param name="times">Times of one person's events within the range, Unix milliseconds, ascending.</param>
    /// <param name="units">The range, cut into units.</param>
    /// <param name="periodOfUnit">Which period each unit lies in, ascending.</param>
    /// <param name="periods">Set to the periods with events, ascending; as long as there are periods.</param>
    /// <param name="counts">Set to how many units of each.</param>
    /// <returns>How many periods there are.</returns>
    public static int CountUnits(ReadOnlySpan<long> times, Buckets units, ReadOnlySpan<int> periodOfUnit, Span<int> periods, Span<int> counts)
    {
        var found = 0;
        var lastUnit = -1;
        foreach (var time in times)
        {
            var unit = units.IndexOf(time);
            if (unit == lastUnit) continue;
            lastUnit = unit;
            var period = periodOfUnit[unit];
            if (found > 0 && periods[found - 1] == period) counts[found - 1]++;
            else (periods[found], counts[found++]) = (period, 1);
        }
        return found;
    }
}
