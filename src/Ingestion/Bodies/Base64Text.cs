using System.Buffers;
using System.Buffers.Text;

namespace Cairn.Ingestion.Bodies;

/// <summary>Base64 as SDKs write it: either alphabet, padded or not, with spaces where a form parser ate a plus, with line breaks.</summary>
public static class Base64Text
{
    static readonly SearchValues<byte> Odd = SearchValues.Create(" -_\r\n\t="u8);

    /// <summary>Decodes in place.</summary>
    /// <returns>The bytes decoded, from the start of <paramref name="text"/>; -1 where it is no base64.</returns>
    public static int DecodeInPlace(Span<byte> text)
    {
        var length = Normalise(text);
        var whole = length & ~3;
        var tail = text[whole..length];
        // What is left without its padding: four characters that stand for one or two bytes, decoded aside.
        Span<byte> last = [(byte)'=', (byte)'=', (byte)'=', (byte)'='];
        if (tail.Length == 1) return -1;
        tail.CopyTo(last);
        if (Base64.DecodeFromUtf8InPlace(text[..whole], out var bytes) != OperationStatus.Done) return -1;
        if (tail.Length == 0) return bytes;
        if (Base64.DecodeFromUtf8InPlace(last, out var lastBytes) != OperationStatus.Done) return -1;
        last[..lastBytes].CopyTo(text[bytes..]);
        return bytes + lastBytes;
    }

    /// <summary>Brings the text to the standard alphabet without padding and white space; gives its new length.</summary>
    static int Normalise(Span<byte> text)
    {
        // A space at either end was never a plus.
        var end = text.Length;
        while (end > 0 && text[end - 1] is (byte)' ' or (byte)'\r' or (byte)'\n' or (byte)'\t' or (byte)'=') end--;
        var write = text[..end].IndexOfAny(Odd);
        if (write < 0) return end;
        for (var read = write; read < end; read++)
        {
            switch (text[read])
            {
                case (byte)' ' or (byte)'-': text[write++] = (byte)'+'; break;
                case (byte)'_': text[write++] = (byte)'/'; break;
                case (byte)'\r' or (byte)'\n' or (byte)'\t': break;
                default: text[write++] = text[read]; break;
            }
        }
        return write;
    }
}
