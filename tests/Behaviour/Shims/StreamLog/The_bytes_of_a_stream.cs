using System.Text;
using Cairn.Shims.StreamLog;
using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.Shims.StreamLog;

/// <summary>Version 1 of the stream log stays as it is: tests/Golden/stream-log was written by it and is read by every later one.</summary>
public sealed class The_bytes_of_a_stream
{
    static readonly Guid Stream = Guid.Parse("01234567-89ab-cdef-0123-456789abcdef");

    [Fact]
    public void Are_those_of_version_1()
    {
        var bytes = new List<byte>(SegmentLayout.Header(Stream, firstSeq: 7));
        foreach (var (text, seq) in (ReadOnlySpan<(string, long)>)[("first", 7), ("", 8), ("third, longer than eight bytes", 9)])
        {
            var record = new byte[SegmentLayout.RecordBytes + Encoding.UTF8.GetByteCount(text)];
            Encoding.UTF8.GetBytes(text, record.AsSpan(SegmentLayout.RecordBytes));
            SegmentLayout.Seal(record, seq, enqueuedAtMs: 1_772_366_400_000);
            bytes.AddRange(record);
        }
        var lines = bytes.Chunk(16).Select(line => Convert.ToHexStringLower(line));
        Assert.Equal(File.ReadAllLines(RepositoryFolder.Of("tests", "Golden", "stream-log", "segment.v1.hex")), lines);
    }

    [Fact]
    public void Carry_the_Castagnoli_checksum() =>
        Assert.Equal(0xE3069283u, Crc32C.Of("123456789"u8)); // the check value of RFC 3720, appendix B.4's polynomial
}
