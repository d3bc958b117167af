using System.Globalization;
using System.Text;

namespace Cairn.Storage;

/// <summary>Undoes the escapes of a JSON string.</summary>
/// <remarks>
/// Unlike <c>Utf8JsonReader.CopyString</c> it takes a lone surrogate (<c>"\ud83d"</c>: an emoji that a client's substring cut
/// in half) for U+FFFD rather than throwing, for the rest of the event is good.
/// </remarks>
public static class JsonEscapes
{
    /// <summary>Writes the text; <paramref name="into"/> must be as long as <paramref name="escaped"/>, which is always enough.</summary>
    /// <param name="escaped">The inside of a JSON string token that a reader has checked.</param>
    /// <returns>Bytes written.</returns>
    public static int Undo(ReadOnlySpan<byte> escaped, Span<byte> into)
    {
        var written = 0;
        while (true)
        {
            var plain = escaped.IndexOf((byte)'\\');
            if (plain < 0) plain = escaped.Length;
            escaped[..plain].CopyTo(into[written..]);
            written += plain;
            if (plain == escaped.Length) return written;
            escaped = escaped[plain..];
            if (escaped[1] == 'u')
            {
                var rune = ReadRune(ref escaped);
                written += rune.EncodeToUtf8(into[written..]);
                continue;
            }
            into[written++] = escaped[1] switch
            {
                (byte)'n' => (byte)'\n',
                (byte)'t' => (byte)'\t',
                (byte)'r' => (byte)'\r',
                (byte)'b' => (byte)'\b',
                (byte)'f' => (byte)'\f',
                var other => other,
            };
            escaped = escaped[2..];
        }
    }

    static Rune ReadRune(ref ReadOnlySpan<byte> escaped)
    {
        var first = CodeUnit(escaped);
        escaped = escaped[6..];
        if (Rune.TryCreate(first, out var rune)) return rune;
        if (char.IsHighSurrogate(first) && escaped.Length >= 6 && escaped[0] == '\\' && escaped[1] == 'u' &&
            Rune.TryCreate(first, CodeUnit(escaped), out rune))
        {
            escaped = escaped[6..];
            return rune;
        }
        return Rune.ReplacementChar;
    }

    static char CodeUnit(ReadOnlySpan<byte> escape) => (char)ushort.Parse(escape.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
