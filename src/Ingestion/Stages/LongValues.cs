using System.Text.Json;

namespace Cairn.Ingestion.Stages;

/// <summary>Cuts text values that are over <see cref="ItemLimits.MaxValueBytes"/>, at the end of a character.</summary>
static class LongValues
{
    /// <summary>The object with its top-level texts cut; everything else as it stood.</summary>
    /// <param name="utf8Object">Valid JSON.</param>
    public static ReadOnlyMemory<byte> Cut(ReadOnlyMemory<byte> utf8Object, ByteArena scratch)
    {
        var source = utf8Object.Span;
        var target = scratch.Take(source.Length);
        var written = 0;
        var copied = 0;
        var reader = new Utf8JsonReader(source, new JsonReaderOptions { MaxDepth = 64 });
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.String || reader.CurrentDepth != 1 || reader.ValueSpan.Length <= ItemLimits.MaxValueBytes) continue;
            var begin = (int)reader.TokenStartIndex + 1;
            var keep = Length(reader.ValueSpan);
            Copy(source[copied..(begin + keep)]);
            copied = begin + reader.ValueSpan.Length;
        }
        Copy(source[copied..]);
        return target[..written];

        void Copy(ReadOnlySpan<byte> part)
        {
            part.CopyTo(target.Span[written..]);
            written += part.Length;
        }
    }

    /// <summary>Bytes of an escaped text to keep: whole characters and whole escapes, a surrogate pair together.</summary>
    static int Length(ReadOnlySpan<byte> escaped)
    {
        var end = 0;
        while (true)
        {
            var next = end + OneLength(escaped[end..]);
            if (next > ItemLimits.MaxValueBytes) return end;
            end = next;
        }
    }

    static int OneLength(ReadOnlySpan<byte> escaped)
    {
        if (escaped[0] == '\\')
        {
            if (escaped[1] != 'u') return 2;
            var isHighSurrogate = (escaped[2] | 0x20) == 'd' && (escaped[3] | 0x20) is (byte)'8' or (byte)'9' or (byte)'a' or (byte)'b';
            return isHighSurrogate && escaped.Length >= 12 && escaped[6] == '\\' && escaped[7] == 'u' ? 12 : 6;
        }
        var length = 1;
        while (length < escaped.Length && (escaped[length] & 0xC0) == 0x80) length++;
        return length;
    }
}
