using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Cairn.Model;

namespace Cairn.Ingestion.Streaming;

/// <summary>Writes sections of a message's content, and remembers where each ends: there a message may end as well.</summary>
/// <remarks>One growing array, reused by <see cref="Clear"/>; nothing is allocated per item. Not thread-safe.</remarks>
sealed class ContentWriter
{
    /// <summary>
    /// Bytes of a section before the next begins. Less than half a message, so that messages fill up well even where nothing compresses.
    /// </summary>
    const int SectionBytes = 24 * 1024;

    readonly List<int> sectionEnds = [];
    byte[] bytes = new byte[SectionBytes * 2];
    int countOffset = -1;
    int sectionStart;
    int sectionItems;
    int length;

    /// <summary>Bytes written.</summary>
    public int Length => length;

    /// <summary>Where each finished section ends.</summary>
    public IReadOnlyList<int> SectionEnds => sectionEnds;

    public ReadOnlyMemory<byte> Slice(int start, int end) => bytes.AsMemory(start, end - start);

    /// <summary>Writes some of a batch's items: those that <paramref name="indexes"/> name, all of one project.</summary>
    public void Write(ItemBatch batch, IngestProject project, ReadOnlySpan<int> indexes)
    {
        var items = batch.Items;
        foreach (var index in indexes) Write(project.ProjectId, items[index]);
        EndSection();
    }

    void Write(string projectId, in Item item)
    {
        var most = MessageLayout.MaxItemHeadBytes + TextBytes(item);
        if (countOffset >= 0 && length - sectionStart + most > SectionBytes) EndSection();
        Reserve(most + MessageLayout.MaxSectionHeadBytes + projectId.Length);
        if (countOffset < 0) BeginSection(projectId, item);
        WriteItem(item);
        sectionItems++;
    }

    /// <summary>A sealed message of one decoded item and nothing else.</summary>
    public static ReadOnlyMemory<byte> Alone(string projectId, in Item item)
    {
        var writer = new ContentWriter();
        writer.Write(projectId, item);
        writer.EndSection();
        var message = MessagePacker.Seal(writer.Slice(0, writer.Length).Span);
        var copy = message.ToArray();
        MessagePacker.Return(message);
        return copy;
    }

    public void Clear()
    {
        sectionEnds.Clear();
        length = 0;
        // A rare large request must not hold its memory for ever.
        if (bytes.Length > MaxKeptBytes) bytes = new byte[SectionBytes * 2];
    }

    const int MaxKeptBytes = 1024 * 1024;

    /// <summary>Bytes of an item's texts together.</summary>
    public static int TextBytes(in Item item) =>
        item.Name.Length + item.DistinctId.Length + item.OtherId.Length + item.DeviceId.Length + item.UserId.Length +
        item.InsertId.Length + item.SessionId.Length + item.Sdk.Length + item.Body.Length + item.Groups.Length;

    void BeginSection(string projectId, in Item item)
    {
        sectionStart = length;
        WriteVarint((uint)projectId.Length);
        length += Encoding.ASCII.GetBytes(projectId, bytes.AsSpan(length));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(length), item.Id.High);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(length + 8), item.Id.Low);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(length + 12), item.ReceivedAtMs);
        bytes[length + 20] = (byte)item.Dialect;
        length += 21;
        countOffset = length;
        // Always two bytes, filled in at the end: a section of 24 KiB holds fewer than 16,384 items of at least 4 bytes.
        length += 2;
        sectionItems = 0;
    }

    void EndSection()
    {
        if (countOffset < 0) return;
        bytes[countOffset] = (byte)(sectionItems & 0x7F | 0x80);
        bytes[countOffset + 1] = (byte)(sectionItems >> 7);
        sectionEnds.Add(length);
        countOffset = -1;
    }

    void WriteItem(in Item item)
    {
        bytes[length++] = (byte)item.Kind;
        WriteVarint(Fields(item));
        WriteVarint((uint)item.Id.Index);
        WriteZigzag(unchecked(item.TimeMs - item.ReceivedAtMs));
        if (item.SentTimeMs != 0 && item.SentTimeMs != item.TimeMs) WriteZigzag(unchecked(item.SentTimeMs - item.TimeMs));
        if (item.LinkRule != 0) bytes[length++] = (byte)item.LinkRule;
        WriteText(item.Name.Span);
        WriteText(item.DistinctId.Span);
        WriteText(item.OtherId.Span);
        WriteText(item.DeviceId.Span);
        WriteText(item.UserId.Span);
        WriteText(item.InsertId.Span);
        WriteText(item.SessionId.Span);
        WriteText(item.Sdk.Span);
        WriteText(item.Body.Span);
        WriteText(item.Groups.Span);
    }

    static uint Fields(in Item item) =>
        Bit(item.Name, 0) | Bit(item.DistinctId, 1) | Bit(item.OtherId, 2) | Bit(item.DeviceId, 3) | Bit(item.UserId, 4) |
        Bit(item.InsertId, 5) | Bit(item.SessionId, 6) | Bit(item.Sdk, 7) | Bit(item.Body, 8) | Bit(item.Groups, 9) |
        (item.SentTimeMs == 0 ? 0 : item.SentTimeMs == item.TimeMs ? MessageLayout.SentIsTime : MessageLayout.SentIsOther) |
        (item.LinkRule == 0 ? 0 : MessageLayout.HasLinkRule) |
        (item.SkipsProfile ? MessageLayout.SkipsProfile : 0);

    static uint Bit(ReadOnlyMemory<byte> text, int bit) => text.IsEmpty ? 0 : 1u << bit;

    void WriteText(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return;
        WriteVarint((uint)text.Length);
        text.CopyTo(bytes.AsSpan(length));
        length += text.Length;
    }

    void WriteZigzag(long value) => WriteVarint((ulong)(value << 1 ^ value >> 63));

    void WriteVarint(ulong value)
    {
        while (value >= 0x80)
        {
            bytes[length++] = (byte)(value | 0x80);
            value >>= 7;
        }
        bytes[length++] = (byte)value;
    }

    void Reserve(int more)
    {
        if (bytes.Length - length < more) Array.Resize(ref bytes, (int)BitOperations.RoundUpToPowerOf2((uint)(length + more)));
    }
}
