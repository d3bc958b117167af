using System.Globalization;

namespace Cairn.Api.V1;

/// <summary>How our own API writes moments: RFC 3339, UTC, with milliseconds.</summary>
static class Moment
{
    /// <param name="unixMs">Unix milliseconds.</param>
    public static string Text(long unixMs) =>
        DateTimeOffset.FromUnixTimeMilliseconds(unixMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
