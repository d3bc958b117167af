using NodaTime;
using NodaTime.Text;

namespace Cairn.Query.Filters;

/// <summary>Puts moments into what the calendar of one time zone has for them. What can't be read as a moment belongs to nothing.</summary>
/// <remarks>A text that is a date alone is that date, whatever the zone.</remarks>
/// <param name="FirstDayOfWeek">What a week begins with.</param>
public sealed record DateCut(DatePart Part, DateTimeZone Zone, IsoDayOfWeek FirstDayOfWeek) : ValueCut
{
    static readonly LocalDateTimePattern HourPattern = LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:00");

    protected override Value One(Value value)
    {
        if (value.Kind == ValueKind.Text && LocalDatePattern.Iso.Parse(value.Text) is { Success: true } date) return Value.Of(TextOf(date.Value.AtMidnight()));
        if (!Moments.TryRead(value, out var unixMs) || unixMs < Instant.MinValue.ToUnixTimeMilliseconds() || unixMs > Instant.MaxValue.ToUnixTimeMilliseconds()) return Value.Undefined;
        return Value.Of(TextOf(Instant.FromUnixTimeMilliseconds(unixMs).InZone(Zone).LocalDateTime));
    }

    string TextOf(LocalDateTime local) => Part switch
    {
        DatePart.Hour => HourPattern.Format(local),
        DatePart.Day => LocalDatePattern.Iso.Format(local.Date),
        DatePart.Week => LocalDatePattern.Iso.Format(local.Date.With(DateAdjusters.PreviousOrSame(FirstDayOfWeek))),
        DatePart.Month => LocalDatePattern.Iso.Format(local.Date.With(DateAdjusters.StartOfMonth)),
        DatePart.HourOfDay => FormattableString.Invariant($"{local.Hour:00}:00"),
        DatePart.DayOfWeek => local.DayOfWeek.ToString(),
    };
}

/// <summary>What of a moment matters.</summary>
public enum DatePart
{
    Hour,
    Day,

    /// <summary>By its first day.</summary>
    Week,

    /// <summary>By its first day.</summary>
    Month,

    /// <summary>00:00 to 23:00, on whatever day.</summary>
    HourOfDay,

    /// <summary>Monday to Sunday, in whatever week.</summary>
    DayOfWeek,
}
