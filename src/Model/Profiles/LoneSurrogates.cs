using System.Buffers.Text;

namespace Cairn.Model.Profiles;

/// <summary>
/// Makes JSON readable that has half a character in a text: <c>"\ud83d"</c>, an emoji that a client's substring cut in two. The half
/// becomes U+FFFD, for the rest of the update is good.
/// </summary>
static class LoneSurrogates
{
    const int EscapeBytes = 6;

    /// <summary>The same memory where there is nothing to mend.</summary>
    public static ReadOnlyMemory<byte> Mend(ReadOnlyMemory<byte> utf8Json)
    {
        byte[]? mended = null;
        var json = utf8Json.Span;
        for (var at = json.IndexOf((byte)'\\'); at >= 0 && at + 1 < json.Length;)
        {
            var unit = CodeUnit(json[at..]);
            var isPair = unit is >= 0xD800 and < 0xDC00 && CodeUnit(json[Math.Min(at + EscapeBytes, json.Length)..]) is >= 0xDC00 and < 0xE000;
            if (!isPair && unit is >= 0xD800 and < 0xE000)
            {
                mended ??= json.ToArray();
                "\\ufffd"u8.CopyTo(mended.AsSpan(at));
            }
            at += isPair ? 2 * EscapeBytes : unit >= 0 ? EscapeBytes : 2;
            var next = at < json.Length ? json[at..].IndexOf((byte)'\\') : -1;
            at = next < 0 ? -1 : at + next;
        }
        return mended ?? utf8Json;
    }

    /// <summary>The UTF-16 code unit of an escape that stands here; -1 where none does.</summary>
    static int CodeUnit(ReadOnlySpan<byte> json) =>
        json.Length >= EscapeBytes && json[0] == '\\' && json[1] == 'u' && Utf8Parser.TryParse(json.Slice(2, 4), out int unit, out var digits, 'x') && digits == 4
            ? unit
            : -1;
}
