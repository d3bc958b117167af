using NodaTime;

namespace Cairn.Query.Definitions;

/// <summary>Every way in which Mixpanel and Amplitude count differently, each a named switch.</summary>
/// <remarks>Each with its sources: docs/semantics/segmentation.md, "Switches".</remarks>
/// <param name="FirstDayOfWeek">What a week bucket begins with.</param>
/// <param name="MissingKey">What the series of events that lack the property is called.</param>
/// <param name="RankBy">By what the largest series are chosen.</param>
public sealed record Switches(IsoDayOfWeek FirstDayOfWeek, string MissingKey, RankBy RankBy)
{
    /// <summary>Weeks begin on Monday; "undefined"; the most events first.</summary>
    public static Switches Mixpanel { get; } = new(IsoDayOfWeek.Monday, "undefined", RankBy.Totals);

    /// <summary>Weeks begin on Sunday; "(none)"; the greatest measure over the whole range first.</summary>
    public static Switches Amplitude { get; } = new(IsoDayOfWeek.Sunday, "(none)", RankBy.Measure)
    {
        Funnels = FunnelSwitches.Amplitude,
        Retention = RetentionSwitches.Amplitude,
        Sessions = SessionSwitches.Amplitude,
        Payers = Payers.AnyAmount,
    };

    /// <summary>How funnels count.</summary>
    public FunnelSwitches Funnels { get; init; } = FunnelSwitches.Mixpanel;

    /// <summary>How retention counts.</summary>
    public RetentionSwitches Retention { get; init; } = RetentionSwitches.Mixpanel;

    /// <summary>Who pays, in revenue and lifetime value.</summary>
    public Payers Payers { get; init; }

    /// <summary>How events are cut into sessions, in whatever report.</summary>
    public SessionSwitches Sessions { get; init; } = SessionSwitches.Mixpanel;
}

/// <summary>What decides which series are the largest.</summary>
public enum RankBy
{
    /// <summary>The number of events over the whole range.</summary>
    Totals,

    /// <summary>The report's own measure over the whole range.</summary>
    Measure,
}
