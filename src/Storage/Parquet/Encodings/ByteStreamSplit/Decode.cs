using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Cairn.Storage.Parquet.Encodings;

static partial class ByteStreamSplit
{
    /// <summary>Reads exactly <paramref name="values"/>.Length numbers.</summary>
    public static void Decode<T>(ReadOnlySpan<byte> from, Span<T> values)
        where T : unmanaged
    {
        var size = Unsafe.SizeOf<T>();
        var needed = (long)values.Length * size;
        if (from.Length < needed) throw new EncodingException($"{needed} bytes of split values", $"{from.Length}");
        var target = MemoryMarshal.AsBytes(values);
        for (var j = 0; j < size; j++)
        {
            var stream = from.Slice(j * values.Length, values.Length);
            for (var i = 0; i < stream.Length; i++) target[(i * size) + j] = stream[i];
        }
    }
}
