using System.Globalization;

namespace Cairn.Query.Filters;

/// <summary>Reads moments from what stands for them: ISO 8601 text, or epoch seconds or milliseconds.</summary>
static class Moments
{
    /// <summary>From here up a number counts milliseconds, below it seconds; as seconds it would lie in the year 2968.</summary>
    const double FirstMilliseconds = 3.15e10;

    static readonly string[] Formats =
    [
        "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF",
        "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss.FFFFFFF",
        "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
    ];

    /// <summary>Unix milliseconds of a moment, a text or a number; a text without an offset is UTC.</summary>
    public static bool TryRead(Value value, out long unixMs)
    {
        unixMs = 0;
        switch (value.Kind)
        {
            case ValueKind.DateTime:
                unixMs = value.UnixMs;
                return true;
            case ValueKind.Number:
                var ms = Math.Abs(value.Number) >= FirstMilliseconds ? value.Number : value.Number * 1000;
                if (Math.Abs(ms) > long.MaxValue / 2) return false;
                unixMs = (long)Math.Floor(ms);
                return true;
            case ValueKind.Text:
                if (!DateTimeOffset.TryParseExact(value.Text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
                    return false;
                unixMs = at.ToUnixTimeMilliseconds();
                return true;
            case ValueKind.Undefined or ValueKind.Null or ValueKind.Boolean or ValueKind.List or ValueKind.Object:
            default:
                return false;
        }
    }

    /// <summary>A moment as ISO 8601 in UTC, without a fraction where there is none.</summary>
    public static string Format(long unixMs)
    {
        // Past what a DateTimeOffset can say (year 9999) the number of milliseconds is the honest text.
        if (unixMs is < -62_135_596_800_000 or > 253_402_300_799_999) return unixMs.ToString(CultureInfo.InvariantCulture);
        var at = DateTimeOffset.FromUnixTimeMilliseconds(unixMs);
        return at.ToString(unixMs % 1000 == 0 ? "yyyy-MM-dd'T'HH:mm:ss" : "yyyy-MM-dd'T'HH:mm:ss.fff", CultureInfo.InvariantCulture);
    }
}
