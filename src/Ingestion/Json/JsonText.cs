using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Cairn.Ingestion.Json;

/// <summary>The text inside a JSON string token, unescaped only where it has to be.</summary>
/// <remarks>
/// A lone surrogate (<c>"\ud83d"</c>, which JavaScript writes when it cuts a text in the middle of an emoji) becomes
/// U+FFFD: the text is kept and stays valid UTF-8, where a strict reader would refuse the event.
/// </remarks>
public static class JsonText
{
    /// <summary>The text of a raw string token, quotes included; a slice of the token where nothing is escaped.</summary>
    /// <param name="token">A well-formed JSON string with its quotes, valid UTF-8.</param>
    /// <param name="scratch">Takes the unescaped copy where one is needed.</param>
    public static ReadOnlyMemory<byte> Of(ReadOnlyMemory<byte> token, ByteArena scratch)
    {
        var inner = token[1..^1];
        if (!inner.Span.Contains((byte)'\\')) return inner;
        var copy = scratch.Take(inner.Length);
        return copy[..Unescape(inner.Span, copy.Span)];
    }

    /// <summary>Whether the text of a raw string token is <paramref name="expected"/>.</summary>
    public static bool Equals(ReadOnlySpan<byte> token, ReadOnlySpan<byte> expected)
    {
        var inner = token[1..^1];
        if (!inner.Contains((byte)'\\')) return inner.SequenceEqual(expected);
        var copy = ArrayPool<byte>.Shared.Rent(inner.Length);
        var equal = copy.AsSpan(0, Unescape(inner, copy)).SequenceEqual(expected);
        ArrayPool<byte>.Shared.Return(copy);
        return equal;
    }

    /// <summary>Unescapes the inside of a JSON string; the result is never longer than the input.</summary>
    /// <returns>Bytes written.</returns>
    public static int Unescape(ReadOnlySpan<byte> escaped, Span<byte> utf8)
    {
        var written = 0;
        while (true)
        {
            var backslash = escaped.IndexOf((byte)'\\');
            var plain = backslash < 0 ? escaped : escaped[..backslash];
            plain.CopyTo(utf8[written..]);
            written += plain.Length;
            if (backslash < 0) return written;
            var escape = escaped[backslash + 1];
            escaped = escaped[(backslash + 2)..];
            if (escape != 'u')
            {
                utf8[written++] = Simple(escape);
                continue;
            }
            var rune = ReadRune(ref escaped);
            written += rune.EncodeToUtf8(utf8[written..]);
        }
    }

    static byte Simple(byte escape) => escape switch
    {
        (byte)'b' => (byte)'\b',
        (byte)'f' => (byte)'\f',
        (byte)'n' => (byte)'\n',
        (byte)'r' => (byte)'\r',
        (byte)'t' => (byte)'\t',
        _ => escape, // the quote, the backslash and the slash stand for themselves
    };

    // Stands behind "\u"; reads four hex digits, and the low half of a pair where it follows.
    static Rune ReadRune(ref ReadOnlySpan<byte> escaped)
    {
        var first = ReadHex(escaped);
        escaped = escaped[4..];
        if (!char.IsSurrogate(first)) return new Rune(first);
        if (char.IsHighSurrogate(first) && escaped.Length >= 6 && escaped[0] == '\\' && escaped[1] == 'u'
            && Rune.TryCreate(first, ReadHex(escaped[2..]), out var pair))
        {
            escaped = escaped[6..];
            return pair;
        }
        return Rune.ReplacementChar;
    }

    // The reader has seen that four hex digits stand here.
    static char ReadHex(ReadOnlySpan<byte> digits) =>
        Utf8Parser.TryParse(digits[..4], out ushort value, out _, 'x') ? (char)value : (char)Rune.ReplacementChar.Value;
}
