using NodaTime;

namespace Cairn.Projects.Aggregates;

/// <summary>The days of a project, as its time zone cuts them.</summary>
public sealed class ProjectDays(DateTimeZone zone)
{
    /// <summary>How long after its midnight a day is left open for events on their way; what comes later counts as late.</summary>
    public static readonly Duration ClosesAfter = Duration.FromMinutes(10);

    /// <summary>The last day that has closed.</summary>
    public DateOnly LastClosed(Instant now) => (now - ClosesAfter).InZone(zone).Date.PlusDays(-1).ToDateOnly();

    /// <summary>The day of a moment.</summary>
    public DateOnly Of(Instant moment) => moment.InZone(zone).Date.ToDateOnly();

    /// <summary>Unix milliseconds of the first moment of a day; in some zones and years that is not midnight.</summary>
    public long StartMs(DateOnly date) => zone.AtStartOfDay(LocalDate.FromDateOnly(date)).ToInstant().ToUnixTimeMilliseconds();
}
