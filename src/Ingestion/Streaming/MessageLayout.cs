namespace Cairn.Ingestion.Streaming;

/// <summary>
/// The bytes of one stream message: a checked envelope around packed items of any number of requests and projects.
/// </summary>
/// <remarks>
/// Numbers are little-endian; "varint" is LEB128 of at most 10 bytes, "zigzag" a varint of (n &lt;&lt; 1) ^ (n &gt;&gt; 63).
/// docs/formats/stream-message.md says the same with the reasons.
/// <code>
/// envelope  offset  bytes
///           0       1     0xCA
///           1       1     version: 1
///           2       1     packing: 0 plain, 1 Snappy (block format)
///           3       1     0
///           4       4     CRC-32 (IEEE) of everything from offset 8
///           8       4     bytes of the content, unpacked
///           12      rest  the content, packed as said
/// content   sections, one after the other, to its end
/// section   varint n, n bytes: project id, ASCII
///           8, 4 bytes: the request's random bits, high and low
///           8 bytes: received at, Unix milliseconds
///           1 byte: dialect
///           varint: number of items, at least 1; then the items
/// item      1 byte: kind
///           varint: fields, a bit each: 0 name, 1 distinct id, 2 other id, 3 device id, 4 user id, 5 insert id, 6 session id,
///             7 sdk, 8 body, 9 groups, 10 sent time is the time, 11 sent time is another, 12 link rule, 13 skips profile
///           varint: index in its request
///           zigzag: time - received at, milliseconds
///           zigzag: sent time - time, only with bit 11
///           1 byte: link rule, only with bit 12
///           for each of bits 0 to 9 that is set, in this order: varint n, n bytes of UTF-8, n at least 1
/// </code>
/// </remarks>
static class MessageLayout
{
    public const byte Magic = 0xCA;
    public const byte Version = 1;
    public const byte PackedPlain = 0, PackedSnappy = 1;

    public const int PackingOffset = 2, ChecksumOffset = 4, ContentLengthOffset = 8, ContentOffset = 12;

    public const int TextFieldCount = 10;
    public const uint SentIsTime = 1 << 10, SentIsOther = 1 << 11, HasLinkRule = 1 << 12, SkipsProfile = 1 << 13, AllFields = (1 << 14) - 1;

    /// <summary>
    /// Bytes of content in one message: a lone item of the largest size with room for its section, and what bounds the memory
    /// that a reader takes for a message before it has checked more than the length.
    /// </summary>
    public const int MaxContentBytes = 1_100_000;

    /// <summary>Bytes of a section's fixed parts, at most, beside its project id: 2 lengths, random bits, time, dialect.</summary>
    public const int MaxSectionHeadBytes = 5 + 12 + 8 + 1 + 5;

    /// <summary>Bytes of an item beside its texts, at most: kind, fields, index, two times, rule, ten lengths.</summary>
    public const int MaxItemHeadBytes = 1 + 2 + 5 + 10 + 10 + 1 + (10 * 5);
}

/// <summary>Bytes that are no message of ours; the message says which field, where, expected and found.</summary>
public sealed class MessageFormatException(string message) : Exception(message);
