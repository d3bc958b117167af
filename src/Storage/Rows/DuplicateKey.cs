using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using Cairn.Model;

namespace Cairn.Storage.Rows;

/// <summary>
/// What two copies of one thing have in common, as 128 bits of XXH128. Two rows with equal keys are duplicates; of 20 million
/// different ones, two share a key by chance once in 10^24 data sets.
/// </summary>
/// <param name="High">Stored as the column <see cref="RowLayout.DuplicateHigh"/>.</param>
/// <param name="Low">Stored as <see cref="RowLayout.DuplicateLow"/>; the lowest bit says <see cref="IsWindowed"/>.</param>
/// <remarks>
/// The hashed bytes, each text behind its length as 4 bytes little-endian:
/// <code>
/// no insert id                0, item id (8 + 4 + 4 bytes): only our own resends are duplicates
/// event, Mixpanel or Segment  dialect, name, distinct id, device id, user id, sent time (8), insert id
/// event, Amplitude            dialect, device id (where absent, distinct id), insert id
/// update or claim             as the event, then body and other id: one record may bring several
/// </code>
/// Sources: Mixpanel docs, "Event Deduplication"; Amplitude docs, "HTTP V2 API", "Event deduplication" (same device and insert
/// id within 7 days). All as the client sent them, so that a link or a clock correction in between changes no key.
/// </remarks>
public readonly record struct DuplicateKey(long High, long Low)
{
    /// <summary>How long Amplitude remembers an insert id, counted between receipts. Source: "HTTP V2 API", "Event deduplication".</summary>
    public static readonly TimeSpan Window = TimeSpan.FromDays(7);

    /// <summary>Whether the key is a duplicate's only within <see cref="Window"/> (Amplitude), rather than for good.</summary>
    public bool IsWindowed => (Low & 1) != 0;

    public static DuplicateKey Of(in Item item)
    {
        var length = 64 + item.Name.Length + item.DistinctId.Length + item.DeviceId.Length + item.UserId.Length + item.InsertId.Length +
            (item.Kind == ItemKind.Event ? 0 : item.Body.Length + item.OtherId.Length);
        var rented = length <= 1024 ? null : ArrayPool<byte>.Shared.Rent(length);
        var writer = new KeyWriter(rented ?? stackalloc byte[1024]);
        var isWindowed = false;
        if (item.InsertId.IsEmpty)
        {
            writer.Byte(0);
            writer.Number((long)item.Id.High);
            writer.Number((long)item.Id.Low << 32 | (uint)item.Id.Index);
        }
        else
        {
            writer.Byte((byte)item.Dialect);
            isWindowed = item.Dialect == Dialect.Amplitude;
            if (isWindowed) writer.Text(item.DeviceId.IsEmpty ? item.DistinctId.Span : item.DeviceId.Span);
            else
            {
                writer.Text(item.Name.Span);
                writer.Text(item.DistinctId.Span);
                writer.Text(item.DeviceId.Span);
                writer.Text(item.UserId.Span);
                writer.Number(item.SentTimeMs);
            }
            writer.Text(item.InsertId.Span);
            if (item.Kind != ItemKind.Event)
            {
                writer.Text(item.Body.Span);
                writer.Text(item.OtherId.Span);
            }
        }
        var hash = XxHash128.HashToUInt128(writer.Written);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        // long.MinValue spells a null in a column: its neighbour stands in for it.
        return new(Math.Max((long)(ulong)(hash >> 64), long.MinValue + 1), Math.Max((long)(ulong)hash & ~1L, long.MinValue + 2) | (isWindowed ? 1L : 0));
    }

    ref struct KeyWriter(Span<byte> into)
    {
        readonly Span<byte> into = into;
        int length;

        public readonly ReadOnlySpan<byte> Written => into[..length];

        public void Byte(byte value) => into[length++] = value;

        public void Number(long value)
        {
            BinaryPrimitives.WriteInt64LittleEndian(into[length..], value);
            length += 8;
        }

        public void Text(ReadOnlySpan<byte> utf8)
        {
            BinaryPrimitives.WriteInt32LittleEndian(into[length..], utf8.Length);
            utf8.CopyTo(into[(length + 4)..]);
            length += 4 + utf8.Length;
        }
    }
}
