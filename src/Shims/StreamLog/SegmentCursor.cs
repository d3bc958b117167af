using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;

namespace Cairn.Shims.StreamLog;

/// <summary>Walks the records of one segment file forward, checking each; reads ahead into a buffer of its own.</summary>
sealed class SegmentCursor(FileLayer files, SafeFileHandle file, long firstSeq)
{
    /// <summary>Bytes asked of the file at once, where no longer record asks for more.</summary>
    const int ReadAheadBytes = 128 * 1024;

    byte[] buffer = new byte[ReadAheadBytes];
    int begin;
    int end;

    /// <summary>Bytes up to the next record, from the file's beginning.</summary>
    public long Position { get; private set; } = SegmentLayout.HeaderBytes;

    /// <summary>The next record's seq.</summary>
    public long NextSeq { get; private set; } = firstSeq;

    /// <summary>Takes the next record; false where the file ends or holds something else here.</summary>
    /// <param name="limit">Bytes of the file that may be read.</param>
    /// <param name="record">Valid until the next call.</param>
    public bool TryNext(long limit, [NotNullWhen(true)] out ReadOnlySpan<byte> record)
    {
        record = default;
        Fill(SegmentLayout.RecordBytes, limit);
        if (SegmentLayout.Length(buffer.AsSpan(begin, end - begin)) is not { } length) return false;
        Fill(length, limit);
        if (end - begin < length) return false;
        record = buffer.AsSpan(begin, length);
        if (!SegmentLayout.IsRecord(record, NextSeq)) return false;
        begin += length;
        Position += length;
        NextSeq++;
        return true;
    }

    void Fill(int wanted, long limit)
    {
        if (end - begin >= wanted) return;
        buffer.AsSpan(begin, end - begin).CopyTo(buffer);
        (begin, end) = (0, end - begin);
        if (buffer.Length < wanted) Array.Resize(ref buffer, wanted);
        var room = (int)Math.Min(buffer.Length - end, limit - Position - end);
        if (room > 0) end += files.Read(file, buffer.AsSpan(end, room), Position + end);
    }
}
