using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Cairn.Ingestion.Bodies;

/// <summary>Makes what SDKs call UTF-8 into UTF-8, in place where that is possible.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>mixpanel-browser writes CESU-8 inside its base64: an emoji as two surrogates of three bytes each (ED A0 BD ED B8 80)
/// instead of four bytes (F0 9F 98 80). They are joined.</item>
/// <item>A surrogate alone, as three bytes or as a JSON escape (<c>\ud83d</c>), stands for no character: U+FFFD takes its place.</item>
/// <item>Any other invalid byte is left to the caller: <see cref="Replace"/> it, or refuse the record.</item>
/// </list>
/// CESU-8: Unicode Technical Report 26.
/// </remarks>
public static class Utf8Text
{
    /// <summary>Bytes that <see cref="Replace"/> may need for one invalid byte.</summary>
    public const int MaxReplacedBytesPerByte = 3;

    static ReadOnlySpan<byte> ReplacementCharacter => "\uFFFD"u8;

    /// <summary>Repairs surrogates in place.</summary>
    /// <param name="isValid">Whether what is left is valid UTF-8 throughout.</param>
    /// <returns>The new length, at most the old one.</returns>
    public static int Repair(Span<byte> text, out bool isValid)
    {
        isValid = Utf8.IsValid(text);
        if (isValid) return text.Length;
        var length = JoinSurrogates(text);
        isValid = Utf8.IsValid(text[..length]);
        return length;
    }

    /// <summary>Puts <c>\ufffd</c> over each escaped surrogate of a JSON text that stands alone; the length stays.</summary>
    public static void RepairEscapes(Span<byte> json)
    {
        var rest = json;
        while (true)
        {
            var at = rest.IndexOf((byte)'\\');
            if (at < 0 || at + 2 > rest.Length) return;
            if (rest[at + 1] != 'u' || !TryReadEscape(rest[at..], out var unit) || !char.IsSurrogate(unit))
            {
                rest = rest[(at + 2)..];
                continue;
            }
            if (char.IsHighSurrogate(unit) && TryReadEscape(rest[(at + 6)..], out var next) && char.IsLowSurrogate(next))
            {
                rest = rest[(at + 12)..];
                continue;
            }
            "fffd"u8.CopyTo(rest[(at + 2)..]);
            rest = rest[(at + 6)..];
        }
    }

    /// <summary>Copies a text with U+FFFD for each invalid sequence.</summary>
    /// <param name="to">At least <see cref="MaxReplacedBytesPerByte"/> times as long as <paramref name="text"/>.</param>
    /// <returns>The bytes written.</returns>
    public static int Replace(ReadOnlySpan<byte> text, Span<byte> to)
    {
        var written = 0;
        while (text.Length > 0)
        {
            var status = Rune.DecodeFromUtf8(text, out _, out var consumed);
            var rune = status == OperationStatus.Done ? text[..consumed] : ReplacementCharacter;
            rune.CopyTo(to[written..]);
            written += rune.Length;
            text = text[consumed..];
        }
        return written;
    }

    static int JoinSurrogates(Span<byte> text)
    {
        int read = 0, write = 0;
        while (read < text.Length)
        {
            var high = SurrogateAt(text[read..]);
            if (high == 0)
            {
                text[write++] = text[read++];
                continue;
            }
            var low = char.IsHighSurrogate(high) ? SurrogateAt(text[(read + 3)..]) : '\0';
            if (char.IsLowSurrogate(low))
            {
                write += new Rune(high, low).EncodeToUtf8(text[write..]);
                read += 6;
            }
            else
            {
                ReplacementCharacter.CopyTo(text[write..]);
                write += 3;
                read += 3;
            }
        }
        return write;
    }

    /// <summary>The surrogate that three bytes ED A0..BF 80..BF spell; 0 where there is none.</summary>
    static char SurrogateAt(ReadOnlySpan<byte> text) =>
        text.Length >= 3 && text[0] == 0xED && text[1] is >= 0xA0 and <= 0xBF && text[2] is >= 0x80 and <= 0xBF
            ? (char)(0xD000 | (text[1] & 0x3F) << 6 | (text[2] & 0x3F))
            : '\0';

    static bool TryReadEscape(ReadOnlySpan<byte> text, out char unit)
    {
        unit = default;
        if (text.Length < 6 || text[0] != '\\' || text[1] != 'u') return false;
        if (!ushort.TryParse(text[2..6], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)) return false;
        unit = (char)value;
        return true;
    }
}
