using System.Text.Json;

namespace Cairn.Ingestion.Consumer;

/// <summary>The bytes of one dead letter: a line of JSON that says what is wrong, then the bytes as they were found.</summary>
/// <remarks>
/// Made to be looked at with <c>head -n 1</c>; docs/formats/dead-letter.md.
/// <code>
/// {"version":1,"source":"…","reason":"…","at":"2026-01-01T00:00:00.0000000+00:00"}\n
/// the bytes: a message (an item alone is sealed as a message of its own), or a spool blob
/// </code>
/// </remarks>
static class DeadLetterFile
{
    const int Version = 1;

    public static byte[] Encode(DeadLetter letter, ReadOnlySpan<byte> bytes)
    {
        var head = JsonSerializer.SerializeToUtf8Bytes(new Head(Version, letter.Source, letter.Reason, letter.At), Options);
        return [.. head, (byte)'\n', .. bytes];
    }

    /// <exception cref="InvalidDataException">The first line is no head of ours.</exception>
    public static (DeadLetter Letter, ReadOnlyMemory<byte> Bytes) Decode(string name, ReadOnlyMemory<byte> blob)
    {
        var lineBytes = blob.Span.IndexOf((byte)'\n');
        if (lineBytes < 0) throw new InvalidDataException($"{name}: no first line in {blob.Length} bytes");
        Head? head;
        try
        {
            head = JsonSerializer.Deserialize<Head>(blob.Span[..lineBytes], Options);
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"{name}: the first line is no JSON: {fault.Message}", fault);
        }
        if (head is not { Version: Version }) throw new InvalidDataException($"{name}: version {head?.Version}, expected {Version}");
        return (new(head.Source, head.Reason, head.At), blob[(lineBytes + 1)..]);
    }

    static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    sealed record Head(int Version, string Source, string Reason, DateTimeOffset At);
}
