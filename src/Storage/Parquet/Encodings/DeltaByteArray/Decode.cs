using System.Buffers;

namespace Cairn.Storage.Parquet.Encodings;

static partial class DeltaByteArray
{
    /// <summary>Finds texts with lengths apart where they stand; parameters as <see cref="Plain.DecodeTexts"/>.</summary>
    public static void DecodeTexts(ReadOnlySpan<byte> from, Span<int> starts, Span<int> lengths)
    {
        var position = DeltaBinaryPacked.Decode(from, lengths);
        for (var i = 0; i < starts.Length; i++)
        {
            if ((uint)lengths[i] > (uint)(from.Length - position)) throw new EncodingException($"a text of at most {from.Length - position} bytes", $"{lengths[i]}");
            starts[i] = position;
            position += lengths[i];
        }
    }

    /// <summary>Puts texts with shared prefixes together.</summary>
    /// <param name="texts">Receives all bytes behind one another; <paramref name="starts"/> and <paramref name="lengths"/> point into it.</param>
    /// <param name="maxBytes">A short page can share its way to any size: where to stop.</param>
    public static void DecodeSharedTexts(ReadOnlySpan<byte> from, Span<int> starts, Span<int> lengths, ByteBuffer texts, int maxBytes)
    {
        var shared = ArrayPool<int>.Shared.Rent(starts.Length);
        try
        {
            var prefixes = shared.AsSpan(0, starts.Length);
            var rest = from[DeltaBinaryPacked.Decode(from, prefixes)..];
            DecodeTexts(rest, starts, lengths);
            var previous = 0;
            for (var i = 0; i < starts.Length; i++)
            {
                var had = texts.Length - previous;
                if ((uint)prefixes[i] > (uint)(i == 0 ? 0 : had)) throw new EncodingException($"a prefix of at most {(i == 0 ? 0 : had)} bytes", $"{prefixes[i]}");
                var length = (long)prefixes[i] + lengths[i];
                if (texts.Length + length > maxBytes) throw new EncodingException($"at most {maxBytes} bytes of texts in a page", "more");
                var room = texts.Reserve((int)length);
                texts.Slice(previous, prefixes[i]).CopyTo(room);
                rest.Slice(starts[i], lengths[i]).CopyTo(room[prefixes[i]..]);
                previous = starts[i] = texts.Length;
                lengths[i] = (int)length;
                texts.Advance((int)length);
            }
        }
        finally
        {
            ArrayPool<int>.Shared.Return(shared);
        }
    }
}
