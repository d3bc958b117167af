using Microsoft.Win32.SafeHandles;

namespace Cairn.Shims.StreamLog;

public sealed partial class PartitionLog
{
    /// <summary>Lists the files, cuts what a sudden stop left half written at the end, and makes sure of what is read from now on.</summary>
    /// <exception cref="InvalidDataException">
    /// A file is damaged or not of this stream, or none is left: numbering would begin anew, and new messages would pass for old ones.
    /// </exception>
    SafeFileHandle Open(bool isNew)
    {
        foreach (var path in Directory.GetFiles(folder, "*.log").Order(StringComparer.Ordinal))
        {
            if (!SegmentLayout.TryReadFileName(path, out var firstSeq)) throw new InvalidDataException($"{path} is no file of a stream log");
            var written = new FileInfo(path);
            segments.Add(new Segment(path, firstSeq)
            {
                Length = written.Length,
                BegunAtMs = new DateTimeOffset(written.CreationTimeUtc).ToUnixTimeMilliseconds(),
                LastAtMs = new DateTimeOffset(written.LastWriteTimeUtc).ToUnixTimeMilliseconds(),
            });
        }
        DropOrphans();
        Span<byte> header = stackalloc byte[SegmentLayout.HeaderBytes];
        while (segments.Count > 0)
        {
            var last = segments[^1];
            var opened = settings.Files.Open(last.Path, FileMode.Open);
            var read = settings.Files.Read(opened, header, 0);
            if (SegmentLayout.IsHeader(header[..read], streamId, last.FirstSeq))
            {
                Cut(last, opened);
                return opened;
            }
            opened.Dispose();
            // A header is durable before the first record: no record was lost with it.
            if (last.Length > SegmentLayout.HeaderBytes) throw new InvalidDataException($"{last.Path} is not of stream {streamId:N}, or its header is damaged");
            settings.Files.Delete(last.Path);
            segments.RemoveAt(segments.Count - 1);
        }
        return isNew
            ? Make(0, settings.Time.GetUtcNow())
            : throw new InvalidDataException($"{folder} has lost its files; remove the whole hub's folder to begin a new stream");
    }

    /// <summary>Removes files that were begun when the disk refused: empty, and the messages meant for them went elsewhere.</summary>
    void DropOrphans()
    {
        for (var i = segments.Count - 1; i > 0; i--)
        {
            if (segments[i].Length > SegmentLayout.HeaderBytes || (i == segments.Count - 1 && EndSeq(segments[i - 1]) == segments[i].FirstSeq)) continue;
            settings.Files.Delete(segments[i].Path);
            segments.RemoveAt(i);
        }
    }

    long EndSeq(Segment segment)
    {
        using var opened = settings.Files.OpenRead(segment.Path);
        var cursor = new SegmentCursor(settings.Files, opened, segment.FirstSeq);
        while (cursor.TryNext(segment.Length, out _)) { }
        return cursor.NextSeq;
    }

    void Cut(Segment last, SafeFileHandle opened)
    {
        var cursor = new SegmentCursor(settings.Files, opened, last.FirstSeq);
        while (cursor.TryNext(last.Length, out _)) { }
        TornBytes = LastWritten(opened, cursor.Position, last.Length) - cursor.Position;
        if (last.Length > cursor.Position) settings.Files.SetLength(opened, cursor.Position);
        roomEnd = last.Length = cursor.Position;
        DurableSeq = cursor.NextSeq;
        // What was written but not flushed before a stop is read from here on, so it has to stay.
        settings.Files.Flush(opened);
    }

    /// <summary>Where the bytes end that are not zero: behind them is only room for what never came.</summary>
    long LastWritten(SafeFileHandle opened, long from, long to)
    {
        Span<byte> bytes = stackalloc byte[4096];
        while (to > from)
        {
            var begin = Math.Max(from, to - bytes.Length);
            var read = settings.Files.Read(opened, bytes[..(int)(to - begin)], begin);
            var last = bytes[..read].LastIndexOfAnyExcept((byte)0);
            if (last >= 0) return begin + last + 1;
            to = begin;
        }
        return from;
    }
}
