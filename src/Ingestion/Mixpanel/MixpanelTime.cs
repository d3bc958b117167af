using System.Buffers.Text;
using System.Text.Json;

namespace Cairn.Ingestion.Mixpanel;

/// <summary>Reads a time as Mixpanel's SDKs send it: seconds (node, Python, Ruby), milliseconds (mobile, node's Date), seconds with a fraction (browser).</summary>
/// <remarks>
/// A number of at least <see cref="FirstMs"/> is taken for milliseconds: as seconds it would be the year 2969. A text counts where
/// it is such a number. Source: Mixpanel docs, "Import Events", "time".
/// </remarks>
static class MixpanelTime
{
    /// <summary>1971-01-01T00:00:00Z in Unix milliseconds, the earliest time they take, and so the border between seconds and milliseconds.</summary>
    public const long FirstMs = 31_536_000_000;

    /// <summary>9999-12-31T23:59:59.999Z in Unix milliseconds.</summary>
    public const long LastMs = 253_402_300_799_999;

    /// <summary>The value the reader stands on as Unix milliseconds, rounded; false and 0 where it is no time they take.</summary>
    public static bool TryRead(ref Utf8JsonReader reader, out long unixMs)
    {
        unixMs = 0;
        if (reader.TokenType is not (JsonTokenType.Number or JsonTokenType.String)) return false;
        var text = reader.ValueSpan;
        if (Utf8Parser.TryParse(text, out long whole, out var read) && read == text.Length)
        {
            if (whole is < 0 or > LastMs) return false;
            unixMs = whole >= FirstMs ? whole : whole * 1000;
        }
        else
        {
            if (!Utf8Parser.TryParse(text, out double value, out read) || read != text.Length) return false;
            if (!(value is >= 0 and <= LastMs)) return false;
            unixMs = (long)Math.Round(value >= FirstMs ? value : value * 1000);
        }
        if (unixMs is >= FirstMs and <= LastMs) return true;
        unixMs = 0;
        return false;
    }
}
