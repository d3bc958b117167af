using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using System.Text.Unicode;
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

    public static DuplicateKey Of(in Item item) => Of(new SentParts
    {
        Kind = item.Kind,
        Dialect = item.Dialect,
        Id = item.Id,
        Name = item.Name.Span,
        DistinctId = item.DistinctId.Span,
        DeviceId = item.DeviceId.Span,
        UserId = item.UserId.Span,
        SentTimeMs = item.SentTimeMs,
        InsertId = item.InsertId.Span,
        Body = item.Kind == ItemKind.Event ? default : item.Body.Span,
        OtherId = item.Kind == ItemKind.Event ? default : item.OtherId.Span,
    });

    /// <summary>The same from the columns of a row, which keep all that was sent.</summary>
    public static DuplicateKey Of(in SentParts sent)
    {
        // What is no UTF-8 is stored with U+FFFD in its place, three bytes for one: the key is that of what is stored.
        var length = 64 + (3 * (sent.Name.Length + sent.DistinctId.Length + sent.DeviceId.Length + sent.UserId.Length + sent.InsertId.Length + sent.Body.Length + sent.OtherId.Length));
        var rented = length <= 1024 ? null : ArrayPool<byte>.Shared.Rent(length);
        var writer = new KeyWriter(rented ?? stackalloc byte[1024]);
        var isWindowed = false;
        if (sent.InsertId.IsEmpty)
        {
            writer.Byte(0);
            writer.Number((long)sent.Id.High);
            writer.Number((long)sent.Id.Low << 32 | (uint)sent.Id.Index);
        }
        else
        {
            writer.Byte((byte)sent.Dialect);
            isWindowed = sent.Dialect == Dialect.Amplitude;
            if (isWindowed) writer.Text(sent.DeviceId.IsEmpty ? sent.DistinctId : sent.DeviceId);
            else
            {
                writer.Text(sent.Name);
                writer.Text(sent.DistinctId);
                writer.Text(sent.DeviceId);
                writer.Text(sent.UserId);
                writer.Number(sent.SentTimeMs);
            }
            writer.Text(sent.InsertId);
            if (sent.Kind != ItemKind.Event)
            {
                writer.Text(sent.Body);
                writer.Text(sent.OtherId);
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
            if (!Utf8.IsValid(utf8)) utf8 = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(utf8));
            BinaryPrimitives.WriteInt32LittleEndian(into[length..], utf8.Length);
            utf8.CopyTo(into[(length + 4)..]);
            length += 4 + utf8.Length;
        }
    }
}

/// <summary>Of one item or row, all that its <see cref="DuplicateKey"/> is made of, as it was sent. An empty text is an absent one.</summary>
#pragma warning disable CA1815 // Nobody compares them.
public readonly ref struct SentParts
#pragma warning restore CA1815
{
    public ItemKind Kind { get; init; }
    public Dialect Dialect { get; init; }
    public ItemId Id { get; init; }

    /// <summary>The event's name, or the group's type.</summary>
    public ReadOnlySpan<byte> Name { get; init; }
    public ReadOnlySpan<byte> DistinctId { get; init; }
    public ReadOnlySpan<byte> DeviceId { get; init; }
    public ReadOnlySpan<byte> UserId { get; init; }

    /// <summary>Unix milliseconds; 0 where the sender gave no time.</summary>
    public long SentTimeMs { get; init; }
    public ReadOnlySpan<byte> InsertId { get; init; }

    /// <summary>The operations of an update; events leave it empty.</summary>
    public ReadOnlySpan<byte> Body { get; init; }

    /// <summary>The other id of a claim.</summary>
    public ReadOnlySpan<byte> OtherId { get; init; }
}
