using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using Snappier;

namespace Cairn.Ingestion.Streaming;

/// <summary>Cuts written content into messages at ends of sections, each as full as the stream's limit allows.</summary>
sealed class MessagePacker
{
    /// <summary>Bytes of content in a message of several sections, at most: what a reader must unpack at once.</summary>
    const int MaxSharedContentBytes = 512 * 1024;

    /// <summary>Content bytes that fit a packed byte, as the last messages had it: 1 where nothing compresses.</summary>
    double ratio = 2;

    /// <summary>Packs everything; the messages' memory is rented, to be given back with <see cref="Return"/>.</summary>
    /// <exception cref="ArgumentException">A lone item is over <see cref="StreamLimits.MaxLoneMessageBytes"/>: the limits stage let through what it must not.</exception>
    public void Pack(ContentWriter content, List<ArraySegment<byte>> into)
    {
        var ends = content.SectionEnds;
        for (int first = 0, start = 0; first < ends.Count;)
        {
            var target = Math.Min(MaxSharedContentBytes, (int)(StreamLimits.MaxMessageBytes * 0.97 * ratio));
            var last = first;
            while (last + 1 < ends.Count && ends[last + 1] - start <= target) last++;
            var message = Seal(content.Slice(start, ends[last]).Span);
            while (message.Count > StreamLimits.MaxMessageBytes && last > first)
            {
                // It compressed worse than the ones before: fewer sections, in proportion.
                ratio = Math.Max(1, (double)(ends[last] - start) / message.Count);
                Return(message);
                target = (int)(StreamLimits.MaxMessageBytes * 0.95 * ratio);
                do last--; while (last > first && ends[last] - start > target);
                message = Seal(content.Slice(start, ends[last]).Span);
            }
            if (message.Count > StreamLimits.MaxLoneMessageBytes)
                throw new ArgumentException($"one item of {ends[last] - start} bytes packs to {message.Count}, over {StreamLimits.MaxLoneMessageBytes}", nameof(content));
            if (last > first) ratio = Math.Max(1, (double)(ends[last] - start) / message.Count);
            into.Add(message);
            start = ends[last];
            first = last + 1;
        }
    }

    /// <summary>One message around some content, in rented memory.</summary>
    public static ArraySegment<byte> Seal(ReadOnlySpan<byte> content)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(MessageLayout.ContentOffset + Snappy.GetMaxCompressedLength(content.Length));
        var packed = Snappy.Compress(content, bytes.AsSpan(MessageLayout.ContentOffset));
        var packing = MessageLayout.PackedSnappy;
        if (packed >= content.Length)
        {
            content.CopyTo(bytes.AsSpan(MessageLayout.ContentOffset));
            packed = content.Length;
            packing = MessageLayout.PackedPlain;
        }
        var length = MessageLayout.ContentOffset + packed;
        bytes[0] = MessageLayout.Magic;
        bytes[1] = MessageLayout.Version;
        bytes[MessageLayout.PackingOffset] = packing;
        bytes[3] = 0;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(MessageLayout.ContentLengthOffset), content.Length);
        var checksum = Crc32.HashToUInt32(bytes.AsSpan(MessageLayout.ContentLengthOffset, length - MessageLayout.ContentLengthOffset));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(MessageLayout.ChecksumOffset), checksum);
        return new(bytes, 0, length);
    }

    public static void Return(ArraySegment<byte> message) => ArrayPool<byte>.Shared.Return(message.Array!);
}
