using Azure.Messaging.EventHubs;
using Microsoft.Win32.SafeHandles;
using static Azure.Messaging.EventHubs.EventHubsException;

namespace Cairn.Shims.StreamLog;

public sealed partial class PartitionLog
{
    /// <summary>
    /// Bytes of zeros that a small block writes behind itself, for those after it: a flush that does not lengthen the file takes half as
    /// long, for the file system has nothing of its own to write. A fraction of what a block of bulk data writes anyway.
    /// </summary>
    const int RoomBytes = 256 * 1024;

    static readonly byte[] Zeros = new byte[RoomBytes];

    /// <summary>Bytes of the last file, room included.</summary>
    long roomEnd;

    void WriteBlocks()
    {
        while (Take() is { } block)
        {
            try
            {
                Write(block);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                // The disk is full or broken: nobody was told that these are durable, so they never were. Later ones try the disk anew.
                Fail(block, fault);
                continue;
            }
            TaskCompletionSource waiting;
            lock (gate)
            {
                DurableSeq = block.EndSeq;
                writingBytes = 0;
                spare = block.Room;
                (waiting, moved) = (moved, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            }
            block.Tell(null);
            waiting.SetResult();
        }
    }

    AppendBlock? Take()
    {
        lock (gate)
        {
            while (filling.LengthBytes == 0)
            {
                if (isClosing) return null;
                if (!Monitor.Wait(gate, MaintenanceInterval)) TryMaintain();
            }
            var block = filling;
            filling = new AppendBlock(block.EndSeq, spare);
            spare = null;
            writingBytes = block.LengthBytes;
            return block;
        }
    }

    void TryMaintain()
    {
        try
        {
            Maintain();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // Whoever sends next meets the same fault and is told.
            needsRepair = true;
        }
    }

    void Write(AppendBlock block)
    {
        Segment last;
        lock (gate) last = segments[^1];
        if (needsRepair) Repair(last);
        if (!last.IsEmpty && (wantsNewFile || last.Length + block.LengthBytes > settings.SegmentBytes))
        {
            lock (gate)
            {
                wantsNewFile = false;
                var now = settings.Time.GetUtcNow();
                Roll(block.FirstSeq, now);
                DropPassed(now);
                last = segments[^1];
            }
        }
        settings.Files.Write(file, block.Bytes, last.Length);
        MakeRoom(last.Length + block.LengthBytes, block.LengthBytes);
        settings.Files.Flush(file);
        lock (gate)
        {
            last.Length += block.LengthBytes;
            last.LastAtMs = block.LastAtMs;
        }
    }

    /// <summary>Lengthens the file behind a block that has reached its end, with the same flush.</summary>
    void MakeRoom(long end, int blockBytes)
    {
        if (end <= roomEnd) return;
        var wanted = blockBytes < RoomBytes / 2 ? Math.Min(end + RoomBytes, settings.SegmentBytes) : end;
        roomEnd = Math.Max(end, wanted);
        if (roomEnd > end) settings.Files.Write(file, Zeros.AsSpan(0, (int)(roomEnd - end)), end);
    }

    /// <summary>Leaves the last file as long as its records; where that fails, opening it cuts the zeros.</summary>
    void GiveBackRoom()
    {
        var last = segments[^1];
        if (needsRepair || roomEnd <= last.Length) return;
        try
        {
            settings.Files.SetLength(file, last.Length);
        }
        catch (IOException)
        {
            needsRepair = true;
        }
    }

    void Repair(Segment last)
    {
        // After a failed flush the system may have dropped pages while calling them clean; so cut, and open anew.
        file.Dispose();
        file = settings.Files.Open(last.Path, FileMode.Open);
        settings.Files.SetLength(file, last.Length);
        settings.Files.Flush(file);
        roomEnd = last.Length;
        needsRepair = false;
    }

    void Fail(AppendBlock block, Exception fault)
    {
        AppendBlock next;
        lock (gate)
        {
            needsRepair = true;
            writingBytes = 0;
            next = filling;
            filling = new AppendBlock(DurableSeq, null);
        }
        var told = new EventHubsException(true, hubName, $"{folder} could not be written: {fault.Message}", FailureReason.ServiceCommunicationProblem, fault);
        block.Tell(told);
        // These were numbered after the ones that failed.
        next.Tell(told);
    }

    void Roll(long firstSeq, DateTimeOffset now)
    {
        var last = segments[^1];
        var next = Make(firstSeq, now);
        if (roomEnd > last.Length) settings.Files.SetLength(file, last.Length);
        file.Dispose();
        file = next;
        roomEnd = SegmentLayout.HeaderBytes;
    }

    /// <summary>A new file, durable with its name, as the last segment.</summary>
    SafeFileHandle Make(long firstSeq, DateTimeOffset now)
    {
        var path = Path.Combine(folder, SegmentLayout.FileName(firstSeq));
        var made = settings.Files.Open(path, FileMode.Create);
        try
        {
            settings.Files.Write(made, SegmentLayout.Header(streamId, firstSeq), 0);
            settings.Files.Flush(made);
            settings.Files.FlushFolder(folder);
        }
        catch
        {
            // If the name comes back with the power, opening knows it for an orphan.
            made.Dispose();
            settings.Files.Delete(path);
            throw;
        }
        segments.Add(new Segment(path, firstSeq) { BegunAtMs = now.ToUnixTimeMilliseconds(), LastAtMs = now.ToUnixTimeMilliseconds() });
        return made;
    }
}
