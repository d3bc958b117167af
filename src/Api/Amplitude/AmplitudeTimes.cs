using System.Globalization;
using Cairn.Api.Answers;
using NodaTime;

namespace Cairn.Api.Amplitude;

/// <summary>Times as Amplitude writes them.</summary>
static class AmplitudeTimes
{
    /// <summary>A day in the project's time zone: <c>2026-02-03</c>.</summary>
    public static string Day(long unixMs, DateTimeZone zone) =>
        Instant.FromDateTimeOffset(CoverageHeaders.Moment(unixMs)).InZone(zone).Date.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>A moment of a raw event, UTC without saying so: <c>2026-06-16 12:04:41.605000</c>.</summary>
    public static string Raw(long unixMs) => CoverageHeaders.Moment(unixMs).ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
}
