using System.Buffers.Binary;
using System.IO.Hashing;
using System.Numerics;
using System.Text;
using Cairn.Model;
using Cairn.Model.Identity;
using Snappier;

namespace Cairn.Ingestion.Streaming;

/// <summary>Reads messages back into items, one message at a time. Believes no length before it is checked.</summary>
/// <remarks>Not thread-safe; items and their texts are valid until the next <see cref="Decode"/>, which uses the same memory.</remarks>
sealed class MessageDecoder
{
    Item[] items = new Item[256];
    string[] projectIds = new string[256];
    byte[] content = new byte[64 * 1024];
    int count;

    /// <summary>The items of the message decoded last, in order: an item's place here is its place in the message.</summary>
    public ReadOnlySpan<Item> Items => items.AsSpan(0, count);

    /// <summary>Whose each of <see cref="Items"/> is.</summary>
    public ReadOnlySpan<string> ProjectIds => projectIds.AsSpan(0, count);

    /// <summary>Decodes a whole message; on a fault no item of it is there.</summary>
    /// <exception cref="MessageFormatException">These bytes are no message of ours, or a damaged one.</exception>
    public void Decode(ReadOnlyMemory<byte> message)
    {
        count = 0;
        try
        {
            var reader = new ContentReader(Unpack(message.Span));
            while (!reader.IsAtEnd) ReadSection(ref reader);
        }
        catch (MessageFormatException)
        {
            count = 0;
            throw;
        }
    }

    ReadOnlyMemory<byte> Unpack(ReadOnlySpan<byte> message)
    {
        Check(message.Length > MessageLayout.ContentOffset, "message length", message.Length);
        Check(message[0] == MessageLayout.Magic, "first byte", message[0]);
        Check(message[1] == MessageLayout.Version, "version", message[1]);
        Check(message[3] == 0, "byte 3", message[3]);
        var stored = BinaryPrimitives.ReadUInt32LittleEndian(message[MessageLayout.ChecksumOffset..]);
        var found = Crc32.HashToUInt32(message[MessageLayout.ContentLengthOffset..]);
        if (stored != found) throw new MessageFormatException($"checksum: {stored:x8} stored, {found:x8} computed");
        var contentBytes = BinaryPrimitives.ReadUInt32LittleEndian(message[MessageLayout.ContentLengthOffset..]);
        Check(contentBytes <= MessageLayout.MaxContentBytes, "content length", contentBytes);
        var packed = message[MessageLayout.ContentOffset..];
        if (content.Length < contentBytes) content = new byte[BitOperations.RoundUpToPowerOf2(contentBytes)];
        var unpacked = content.AsMemory(0, (int)contentBytes);
        switch (message[MessageLayout.PackingOffset])
        {
            case MessageLayout.PackedPlain:
                Check(packed.Length == contentBytes, "plain content length", packed.Length);
                packed.CopyTo(unpacked.Span);
                return unpacked;
            case MessageLayout.PackedSnappy:
                UnpackSnappy(packed, unpacked.Span);
                return unpacked;
            default:
                throw new MessageFormatException($"packing: {message[MessageLayout.PackingOffset]} unknown");
        }
    }

    static void UnpackSnappy(ReadOnlySpan<byte> packed, Span<byte> content)
    {
        try
        {
            Check(Snappy.GetUncompressedLength(packed) == content.Length, "Snappy length", Snappy.GetUncompressedLength(packed));
            var written = Snappy.Decompress(packed, content);
            Check(written == content.Length, "unpacked length", written);
        }
        catch (Exception fault) when (fault is InvalidDataException or ArgumentException)
        {
            throw new MessageFormatException($"Snappy: {fault.Message}");
        }
    }

    void ReadSection(ref ContentReader reader)
    {
        var projectId = ProjectId(reader.Text().Span);
        var high = reader.UInt64();
        var low = reader.UInt32();
        var receivedAtMs = (long)reader.UInt64();
        var dialect = (Dialect)reader.Byte();
        Check(Enum.IsDefined(dialect), "dialect", (byte)dialect);
        var itemCount = reader.Varint();
        Check(itemCount > 0 && itemCount <= (ulong)reader.Left, "item count", itemCount);
        for (var i = 0UL; i < itemCount; i++)
        {
            if (count == items.Length)
            {
                Array.Resize(ref items, count * 2);
                Array.Resize(ref projectIds, count * 2);
            }
            ref var item = ref items[count];
            item = default;
            item.Dialect = dialect;
            item.ReceivedAtMs = receivedAtMs;
            ReadItem(ref reader, ref item, high, low);
            projectIds[count++] = projectId;
        }
    }

    static void ReadItem(ref ContentReader reader, ref Item item, ulong high, uint low)
    {
        item.Kind = (ItemKind)reader.Byte();
        Check(Enum.IsDefined(item.Kind), "kind", (byte)item.Kind);
        var fields = (uint)Math.Min(reader.Varint(), uint.MaxValue);
        Check((fields & ~MessageLayout.AllFields) == 0, "fields", fields);
        var index = reader.Varint();
        Check(index <= int.MaxValue, "index", index);
        item.Id = new(high, low, (int)index);
        item.TimeMs = unchecked(item.ReceivedAtMs + reader.Zigzag());
        if ((fields & MessageLayout.SentIsTime) != 0) item.SentTimeMs = item.TimeMs;
        if ((fields & MessageLayout.SentIsOther) != 0) item.SentTimeMs = unchecked(item.TimeMs + reader.Zigzag());
        if ((fields & MessageLayout.HasLinkRule) != 0)
        {
            item.LinkRule = (LinkRule)reader.Byte();
            Check(Enum.IsDefined(item.LinkRule), "link rule", (byte)item.LinkRule);
        }
        item.SkipsProfile = (fields & MessageLayout.SkipsProfile) != 0;
        if ((fields & 1 << 0) != 0) item.Name = reader.Text();
        if ((fields & 1 << 1) != 0) item.DistinctId = reader.Text();
        if ((fields & 1 << 2) != 0) item.OtherId = reader.Text();
        if ((fields & 1 << 3) != 0) item.DeviceId = reader.Text();
        if ((fields & 1 << 4) != 0) item.UserId = reader.Text();
        if ((fields & 1 << 5) != 0) item.InsertId = reader.Text();
        if ((fields & 1 << 6) != 0) item.SessionId = reader.Text();
        if ((fields & 1 << 7) != 0) item.Sdk = reader.Text();
        if ((fields & 1 << 8) != 0) item.Body = reader.Text();
        if ((fields & 1 << 9) != 0) item.Groups = reader.Text();
    }

    string ProjectId(ReadOnlySpan<byte> ascii)
    {
        if (count > 0 && Ascii.Equals(ascii, projectIds[count - 1])) return projectIds[count - 1];
        // It becomes a part of blob names: nothing else may come from a message.
        foreach (var letter in ascii)
            Check(letter is >= (byte)'a' and <= (byte)'z' or >= (byte)'0' and <= (byte)'9', "project id", letter);
        return Encoding.ASCII.GetString(ascii);
    }

    static void Check(bool holds, string field, ulong found)
    {
        if (!holds) throw new MessageFormatException($"{field}: {found} is out of range");
    }

    static void Check(bool holds, string field, long found)
    {
        if (!holds) throw new MessageFormatException($"{field}: {found} is out of range");
    }
}
