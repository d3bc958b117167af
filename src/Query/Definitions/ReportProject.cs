using Cairn.Model.Identity;
using NodaTime;

namespace Cairn.Query.Definitions;

/// <summary>What a report needs to know of its project.</summary>
/// <param name="Id">Whose rows are read.</param>
/// <param name="IdentityMode">By which of Mixpanel's systems ids are joined.</param>
/// <param name="Zone">In which days begin and end.</param>
public sealed record ReportProject(string Id, IdentityMode IdentityMode, DateTimeZone Zone)
{
    /// <summary>The group key whose groups are counted in the place of users; null: users.</summary>
    /// <remarks>Meaning and worked examples: docs/semantics/units.md.</remarks>
    public string? CountBy { get; init; }

    /// <summary>Events at this moment and later are left out, as if they had not happened yet; null: none are.</summary>
    /// <remarks>Links and profiles are those that are known when it is asked. Funnels, retention reports and cohorts can be asked so. Meaning: docs/operations/reports.md, "As of a day".</remarks>
    public Instant? EventsBefore { get; init; }

    /// <summary>The day that is today to a question.</summary>
    public LocalDate Today(Instant now) => (EventsBefore is { } end && end <= now ? end - Duration.Epsilon : now).InZone(Zone).Date;

    /// <summary>Some moments without those whose events are left out.</summary>
    public TimeRange Cut(TimeRange range) => EventsBefore is { } end && end < range.Until ? range with { Until = end } : range;

    /// <summary>The days from one to another, both included, as this project counts them.</summary>
    public TimeRange Days(LocalDate first, LocalDate last) => TimeRange.Days(first, last, Zone);
}
