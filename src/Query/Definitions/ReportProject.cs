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

    /// <summary>The days from one to another, both included, as this project counts them.</summary>
    public TimeRange Days(LocalDate first, LocalDate last) => TimeRange.Days(first, last, Zone);
}
