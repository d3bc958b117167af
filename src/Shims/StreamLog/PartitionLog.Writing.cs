using System.Diagnostics;
using Azure.Messaging.EventHubs;
using Microsoft.Win32.SafeHandles;
using static Azure.Messaging.EventHubs.EventHubsException;

namespace Cairn.Shims.StreamLog;

public sealed partial class PartitionLog
{
    /// <summary>Bytes that are worth a flush at once.</summary>
    const int EnoughBytes = 128 * 1024;

    /// <summary>How long senders may gather after a flush; the shortest time that a thread can wait for.</summary>
    static readonly TimeSpan MinFlushInterval = TimeSpan.FromMilliseconds(1);

    long flushedAt;

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
            flushedAt = Stopwatch.GetTimestamp();
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
            // A flush costs as much for one record as for a hundred: soon after the last, with little waiting, others are let in first.
            if (!isClosing && filling.LengthBytes < EnoughBytes && Stopwatch.GetElapsedTime(flushedAt) < MinFlushInterval) Monitor.Wait(gate, MinFlushInterval);
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
        if (!last.IsEmpty && last.Length + block.LengthBytes > settings.SegmentBytes)
        {
            lock (gate)
            {
                var now = settings.Time.GetUtcNow();
                Roll(block.FirstSeq, now);
                DropPassed(now);
                last = segments[^1];
            }
        }
        settings.Files.Write(file, block.Bytes, last.Length);
        settings.Files.Flush(file);
        lock (gate)
        {
            last.Length += block.LengthBytes;
            last.LastAtMs = block.LastAtMs;
        }
    }

    void Repair(Segment last)
    {
        // After a failed flush the system may have dropped pages while calling them clean; so cut, and open anew.
        file.Dispose();
        file = settings.Files.Open(last.Path, FileMode.Open);
        settings.Files.SetLength(file, last.Length);
        settings.Files.Flush(file);
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
        var next = Make(firstSeq, now);
        file.Dispose();
        file = next;
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
