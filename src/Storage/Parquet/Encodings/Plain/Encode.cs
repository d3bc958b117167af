using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Cairn.Storage.Parquet.Encodings;

static partial class Plain
{
    /// <summary>Appends numbers.</summary>
    public static void Encode<T>(ReadOnlySpan<T> values, ByteBuffer into)
        where T : unmanaged => into.Append(MemoryMarshal.AsBytes(values));

    /// <summary>Appends texts, all of them in their order.</summary>
    public static void Encode(Utf8Values texts, ByteBuffer into)
    {
        var room = into.Reserve(checked(texts.TotalBytes + (texts.Count * LengthBytes)));
        var written = 0;
        for (var i = 0; i < texts.Count; i++) written += WriteText(texts[i], room[written..]);
        into.Advance(written);
    }

    /// <summary>Appends the texts that <paramref name="codes"/> name.</summary>
    public static void Encode(Utf8Values texts, ReadOnlySpan<int> codes, ByteBuffer into)
    {
        foreach (var code in codes)
        {
            var text = texts[code];
            into.Advance(WriteText(text, into.Reserve(LengthBytes + text.Length)));
        }
    }

    static int WriteText(ReadOnlySpan<byte> text, Span<byte> into)
    {
        BinaryPrimitives.WriteInt32LittleEndian(into, text.Length);
        text.CopyTo(into[LengthBytes..]);
        return LengthBytes + text.Length;
    }
}
