using System.Buffers.Text;
using Cairn.Ingestion.Clock;

namespace Cairn.Ingestion.Amplitude;

/// <summary>Corrects a sender's clock by the time it gave for the upload.</summary>
/// <param name="ReceivedAtMs">When we read the request, Unix milliseconds.</param>
/// <param name="UploadedAtMs">When the sender says it sent it, by its own clock; 0 where it doesn't say.</param>
/// <remarks>Source: Amplitude docs, "Time in Amplitude", "Client-side time correction": shifted only past 60 seconds of difference.</remarks>
public readonly record struct AmplitudeClock(long ReceivedAtMs, long UploadedAtMs)
{
    /// <summary>Difference of the clocks that is taken for the network's delay.</summary>
    const long ToleranceMs = 60_000;

    /// <summary>When an event happened by our clock; not before 1970.</summary>
    public long Correct(long clientTimeMs)
    {
        var skewMs = UploadedAtMs == 0 ? 0 : ReceivedAtMs - UploadedAtMs;
        if (Math.Abs(skewMs) <= ToleranceMs) return clientTimeMs;
        return Math.Clamp(clientTimeMs + skewMs, 1, IsoTime.MaxMs);
    }

    /// <summary>Reads a time as events carry it: whole milliseconds as a number, or an ISO-8601 text; from 1970 to 9999.</summary>
    /// <param name="token">A raw JSON token.</param>
    public static bool TryRead(ReadOnlySpan<byte> token, out long unixMs)
    {
        var isTime = token[0] == '"' ? IsoTime.TryParse(token[1..^1], out unixMs) : TryReadNumber(token, out unixMs);
        return isTime && unixMs is >= 0 and <= IsoTime.MaxMs;
    }

    // 1.75e12 and 1750000000000.0 are whole numbers too; a fraction of a millisecond is not.
    static bool TryReadNumber(ReadOnlySpan<byte> token, out long unixMs)
    {
        if (Utf8Parser.TryParse(token, out unixMs, out var read) && read == token.Length) return true;
        if (!Utf8Parser.TryParse(token, out double number, out read) || read != token.Length || number != Math.Floor(number)) return false;
        if (number is < 0 or > IsoTime.MaxMs) return false;
        unixMs = (long)number;
        return true;
    }
}
