using Microsoft.Win32.SafeHandles;

namespace Cairn.Shims.StreamLog;

/// <summary>Reads a partition in order; for one caller at a time.</summary>
public sealed class PartitionReader : IDisposable
{
    readonly PartitionLog log;
    readonly FileLayer files;
    Segment? at;
    SafeFileHandle? file;
    SegmentCursor? cursor;

    internal PartitionReader(PartitionLog log, FileLayer files, long fromSeq)
    {
        (this.log, this.files, NextSeq) = (log, files, fromSeq);
    }

    /// <summary>The seq that is read next.</summary>
    public long NextSeq { get; private set; }

    /// <summary>The next durable records; none where there are none yet. Seqs no longer held are skipped.</summary>
    /// <param name="maxBytes">Stops after the record that reaches it, so that one always comes.</param>
    /// <exception cref="InvalidDataException">A durable record is damaged; the message says where.</exception>
    public IReadOnlyList<StreamRecord> Take(int maxCount, long maxBytes)
    {
        var taken = new List<StreamRecord>();
        NextSeq = Math.Max(NextSeq, log.OldestSeq);
        for (long bytes = 0; taken.Count < maxCount && bytes < maxBytes && NextSeq < log.DurableSeq && log.Holding(NextSeq) is var (segment, length, endSeq);)
        {
            Enter(segment);
            while (NextSeq < endSeq && taken.Count < maxCount && bytes < maxBytes)
            {
                if (!cursor!.TryNext(length, out var record))
                    throw new InvalidDataException($"{segment.Path} is damaged at byte {cursor.Position}: record {cursor.NextSeq} of {endSeq} expected");
                if (cursor.NextSeq <= NextSeq) continue;
                taken.Add(new StreamRecord(NextSeq++, DateTimeOffset.FromUnixTimeMilliseconds(SegmentLayout.EnqueuedAtMs(record)), record[SegmentLayout.RecordBytes..].ToArray()));
                bytes += record.Length;
            }
        }
        return taken;
    }

    /// <summary>Lets go of the file.</summary>
    public void Dispose() => file?.Dispose();

    void Enter(Segment segment)
    {
        if (at == segment) return;
        file?.Dispose();
        file = files.OpenRead(segment.Path);
        cursor = new SegmentCursor(files, file, segment.FirstSeq);
        at = segment;
    }
}
