using System.Buffers.Text;

namespace Cairn.Ingestion.Clock;

/// <summary>Reads the ISO-8601 times that SDKs and people write.</summary>
/// <remarks>
/// Accepted: <c>2025-06-15</c>, <c>2025-06-15T12:00</c>, <c>…:00</c>, <c>….123456</c>, each with <c>Z</c>, <c>+02:00</c>,
/// <c>+0200</c>, <c>+02</c> or nothing (UTC); a blank may stand for the <c>T</c>. Years 0001 to 9999; hour 24 and second 60 are refused.
/// </remarks>
public static class IsoTime
{
    /// <summary>Unix milliseconds of 9999-12-31T23:59:59.999Z, the last moment we can name.</summary>
    public const long MaxMs = 253_402_300_799_999;

    /// <summary>Unix milliseconds of 0001-01-01T00:00:00.000Z, the first moment we can name.</summary>
    public const long MinMs = -62_135_596_800_000;

    /// <summary>Parses a whole text to Unix milliseconds; what is finer than a millisecond is cut off.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out long unixMs)
    {
        unixMs = 0;
        if (!Date(ref utf8, out var day)) return false;
        var time = TimeSpan.Zero;
        var offset = TimeSpan.Zero;
        if (!utf8.IsEmpty)
        {
            if (utf8[0] is not ((byte)'T' or (byte)'t' or (byte)' ')) return false;
            utf8 = utf8[1..];
            if (!Clock(ref utf8, out time) || !Zone(utf8, out offset)) return false;
        }
        var moment = new DateTime(day.Ticks + time.Ticks, DateTimeKind.Utc);
        var (ms, rest) = Math.DivRem((moment - DateTime.UnixEpoch - offset).Ticks, TimeSpan.TicksPerMillisecond);
        unixMs = rest < 0 ? ms - 1 : ms;
        return unixMs is >= MinMs and <= MaxMs;
    }

    static bool Date(ref ReadOnlySpan<byte> utf8, out DateTime day)
    {
        day = default;
        if (!Digits(ref utf8, 4, out var year) || !Skip(ref utf8, '-')
            || !Digits(ref utf8, 2, out var month) || !Skip(ref utf8, '-')
            || !Digits(ref utf8, 2, out var date)) return false;
        if (year < 1 || month is < 1 or > 12 || date < 1 || date > DateTime.DaysInMonth(year, month)) return false;
        day = new DateTime(year, month, date, 0, 0, 0, DateTimeKind.Utc);
        return true;
    }

    static bool Clock(ref ReadOnlySpan<byte> utf8, out TimeSpan time)
    {
        time = default;
        if (!Digits(ref utf8, 2, out var hour) || !Skip(ref utf8, ':') || !Digits(ref utf8, 2, out var minute)) return false;
        if (hour > 23 || minute > 59) return false;
        var ticks = (hour * 60L + minute) * TimeSpan.TicksPerMinute;
        if (Skip(ref utf8, ':'))
        {
            if (!Digits(ref utf8, 2, out var second) || second > 59) return false;
            ticks += second * TimeSpan.TicksPerSecond;
            if (Skip(ref utf8, '.') || Skip(ref utf8, ','))
            {
                var unit = TimeSpan.TicksPerSecond / 10;
                var count = 0;
                for (; count < utf8.Length && utf8[count] is >= (byte)'0' and <= (byte)'9'; count++)
                {
                    ticks += (utf8[count] - '0') * unit;
                    unit /= 10;
                }
                if (count == 0) return false;
                utf8 = utf8[count..];
            }
        }
        time = new TimeSpan(ticks);
        return true;
    }

    static bool Zone(ReadOnlySpan<byte> utf8, out TimeSpan offset)
    {
        offset = default;
        if (utf8.IsEmpty || utf8 is [(byte)'Z'] or [(byte)'z']) return true;
        if (utf8[0] is not ((byte)'+' or (byte)'-')) return false;
        var sign = utf8[0] == '-' ? -1 : 1;
        utf8 = utf8[1..];
        if (!Digits(ref utf8, 2, out var hours)) return false;
        var minutes = 0;
        if (!utf8.IsEmpty)
        {
            Skip(ref utf8, ':');
            if (!Digits(ref utf8, 2, out minutes)) return false;
        }
        if (!utf8.IsEmpty || hours > 23 || minutes > 59) return false;
        offset = TimeSpan.FromMinutes(sign * (hours * 60 + minutes));
        return true;
    }

    static bool Digits(ref ReadOnlySpan<byte> utf8, int count, out int value)
    {
        value = 0;
        if (utf8.Length < count) return false;
        if (!Utf8Parser.TryParse(utf8[..count], out value, out var read) || read != count || utf8[0] is (byte)'+' or (byte)'-') return false;
        utf8 = utf8[count..];
        return true;
    }

    static bool Skip(ref ReadOnlySpan<byte> utf8, char expected)
    {
        if (utf8.IsEmpty || utf8[0] != expected) return false;
        utf8 = utf8[1..];
        return true;
    }
}
