using Cairn.Query.Definitions;
using NodaTime;

namespace Cairn.Query.Funnels;

/// <summary>The attempts behind a number.</summary>
/// <param name="People">By person, then by when they began; where persons are counted each person once.</param>
public sealed record FunnelPeople(IReadOnlyList<FunnelPerson> People, Coverage Coverage);

/// <summary>One attempt and whose it is.</summary>
/// <param name="Person">The id that all linked ids stand for.</param>
/// <param name="EntryMs">When it began, Unix milliseconds.</param>
/// <param name="Reached">Steps reached.</param>
public sealed record FunnelPerson(string Person, long EntryMs, int Reached, FunnelEnd End)
{
    /// <summary>Memory of one in a list.</summary>
    internal const int Bytes = 56;

    public static Comparer<FunnelPerson> Order { get; } = Comparer<FunnelPerson>.Create((x, y) =>
        string.CompareOrdinal(x.Person, y.Person) is var byPerson and not 0 ? byPerson : x.EntryMs != y.EntryMs ? x.EntryMs.CompareTo(y.EntryMs) : x.Reached.CompareTo(y.Reached));
}

/// <summary>Who is asked for at a step.</summary>
public enum FunnelWho
{
    /// <summary>Whoever reached it.</summary>
    Reached,

    /// <summary>Whoever reached it and nothing after it.</summary>
    Dropped,

    /// <summary>Those of the dropped that an exclusion ended.</summary>
    Excluded,
}

/// <summary>One number of a funnel's answer.</summary>
/// <param name="Step">From 1; the last step's reached are the converted.</param>
/// <param name="Keys">The series' breakdown values; null or empty for the whole.</param>
/// <param name="IsOther">Whether the series is the one of what the limit left out.</param>
/// <param name="Bucket">The bucket's start; null for the whole range.</param>
public sealed record FunnelNumber(FunnelWho Who, int Step, int ComparedIndex = 0, IReadOnlyList<string>? Keys = null, bool IsOther = false, LocalDateTime? Bucket = null)
{
    internal void Check(FunnelPlan plan)
    {
        var definition = plan.Definition;
        if (Step < 1 || Step > definition.Steps.Count) throw new DefinitionException("people.step", $"give a step from 1 to {definition.Steps.Count}");
        if (Who == FunnelWho.Dropped && Step == definition.Steps.Count) throw new DefinitionException("people.step", "nobody drops after the last step: ask who reached it, or for a step before");
        if (ComparedIndex < 0 || ComparedIndex >= Math.Max(1, definition.Compared.Count)) throw new DefinitionException("people.compared", "give the number of a compared filter, from 0");
        if (Keys is { Count: > 0 } && Keys.Count != definition.Breakdowns.Count) throw new DefinitionException("people.keys", $"give {definition.Breakdowns.Count} values, one a breakdown");
        if (Bucket is not null && BucketIn(plan.Buckets) < 0) throw new DefinitionException("people.bucket", "give the start of one of the answer's buckets, and the unit that makes them");
    }

    /// <summary>Which of the answered series; -1 where there is none, and so nobody.</summary>
    internal int SeriesIn(IReadOnlyList<ChosenSeries> series)
    {
        var kind = IsOther ? FunnelSeriesKind.Other : Keys is { Count: > 0 } ? FunnelSeriesKind.Value : FunnelSeriesKind.Whole;
        for (var i = 0; i < series.Count; i++)
            if (series[i].Kind == kind && series[i].ComparedIndex == ComparedIndex && (kind != FunnelSeriesKind.Value || series[i].Keys.SequenceEqual(Keys!))) return i;
        return -1;
    }

    internal int BucketIn(Buckets? buckets)
    {
        if (Bucket is not { } start || buckets is null) return -1;
        for (var i = 0; i < buckets.Count; i++)
            if (buckets.Starts[i] == start) return i;
        return -1;
    }

    internal bool Covers(FunnelRow row) => Who switch
    {
        FunnelWho.Reached => row.Reached >= Step,
        FunnelWho.Dropped => row.Reached == Step && row.End != FunnelEnd.Converted,
        FunnelWho.Excluded => row.Reached == Step && row.End == FunnelEnd.Excluded,
    };
}
