using Azure.Messaging.EventHubs;
using Microsoft.Win32.SafeHandles;
using static Azure.Messaging.EventHubs.EventHubsException;

namespace Cairn.Shims.StreamLog;

/// <summary>
/// One partition: files of records, the last of which grows. Senders add to a block in memory; one thread writes and flushes block after
/// block, so that all who wait share a flush. Nobody reads what is not durable.
/// </summary>
public sealed partial class PartitionLog : IDisposable
{
    /// <summary>How often a quiet partition looks for files that may go.</summary>
    static readonly TimeSpan MaintenanceInterval = TimeSpan.FromSeconds(30);

    readonly object gate = new();
    readonly string folder;
    readonly string hubName;
    readonly Guid streamId;
    readonly HubSettings settings;
    readonly Func<long> passedSeq;
    readonly List<Segment> segments = [];
    readonly Thread writer;

    SafeFileHandle file;
    AppendBlock filling;
    TaskCompletionSource moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    long writingBytes;
    byte[]? spare;
    bool needsRepair;

    /// <summary>Whether the next block begins a new file, so that the last one can go.</summary>
    bool wantsNewFile;
    bool isClosing;

    /// <param name="passedSeq">The first seq that some consumer group has not taken; the largest number where there is no group.</param>
    /// <param name="isNew">Whether the hub is being made; else a partition without files has lost some.</param>
    internal PartitionLog(string folder, string hubName, Guid streamId, HubSettings settings, Func<long> passedSeq, bool isNew)
    {
        (this.folder, this.hubName, this.streamId, this.settings, this.passedSeq) = (folder, hubName, streamId, settings, passedSeq);
        Directory.CreateDirectory(folder);
        file = Open(isNew);
        filling = new AppendBlock(DurableSeq, null);
        writer = new Thread(WriteBlocks) { Name = $"log {hubName}/{Path.GetFileName(folder)}", IsBackground = true };
        writer.Start();
    }

    /// <summary>The first seq that is not durable yet: where readers wait.</summary>
    public long DurableSeq { get; private set; }

    /// <summary>Bytes at the end that a sudden stop had left half written, up to the last that is not zero; cut when it was opened. Nobody was told that they are durable.</summary>
    public long TornBytes { get; private set; }

    /// <summary>The first seq still held.</summary>
    public long OldestSeq
    {
        get { lock (gate) return segments[0].FirstSeq; }
    }

    /// <summary>Bytes of its files.</summary>
    public long LengthBytes
    {
        get { lock (gate) return segments.Sum(segment => segment.Length); }
    }

    /// <summary>Adds messages in order, one after the other; the task ends once they are durable.</summary>
    /// <exception cref="EventHubsException">
    /// Busy, full (some consumer group has not passed the oldest file), or the disk refused: then none of them will be read.
    /// </exception>
    /// <exception cref="TimeoutException">Not durable in time; they may become so later.</exception>
    public Task AppendAsync(IReadOnlyList<ReadOnlyMemory<byte>> bodies, TimeSpan timeout)
    {
        var bytes = bodies.Sum(body => (long)SegmentLayout.RecordBytes + body.Length);
        var now = settings.Time.GetUtcNow();
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isClosing, this);
            var waiting = filling.LengthBytes + writingBytes;
            if (waiting > 0 && waiting + bytes > settings.MaxPendingBytes)
                throw new EventHubsException(true, hubName, $"{waiting} bytes wait for the disk in {folder}", FailureReason.ServiceBusy);
            if (Held() + waiting + bytes > settings.MaxPartitionBytes)
            {
                DropPassed(now);
                if (Held() + waiting + bytes > settings.MaxPartitionBytes)
                    throw new EventHubsException(false, hubName, $"{folder} holds {Held()} bytes and a consumer group is behind at {passedSeq()}", FailureReason.QuotaExceeded);
            }
            var isFirst = filling.LengthBytes == 0;
            foreach (var body in bodies) filling.Add(body.Span, now.ToUnixTimeMilliseconds());
            if (isFirst)
            {
                filling.AwaitFor(timeout, settings.Time);
                Monitor.Pulse(gate);
            }
            return filling.Durable;
        }
    }

    /// <summary>Ends once there is a durable record at <paramref name="seq"/>.</summary>
    public Task WaitForAsync(long seq, CancellationToken cancellationToken)
    {
        lock (gate) return DurableSeq > seq ? Task.CompletedTask : moved.Task.WaitAsync(cancellationToken);
    }

    /// <summary>A reader from a seq on.</summary>
    public PartitionReader Read(long fromSeq) => new(this, settings.Files, fromSeq);

    /// <summary>Begins a new file where the last is old, and drops files that are passed and old or too many. Runs by itself every half minute.</summary>
    public void Maintain()
    {
        lock (gate)
        {
            var now = settings.Time.GetUtcNow();
            var last = segments[^1];
            // Else a quiet partition would keep its last messages for ever.
            if (!last.IsEmpty && writingBytes == 0 && !needsRepair && now.ToUnixTimeMilliseconds() - last.BegunAtMs > settings.MaxAge.TotalMilliseconds / 4)
                Roll(DurableSeq, now);
            DropPassed(now);
        }
    }

    /// <summary>Drops everything that all consumer groups have passed, however young, and lets the next message begin a new file.</summary>
    /// <returns>The first seq that is still held.</returns>
    public long DropAllPassed()
    {
        lock (gate)
        {
            var last = segments[^1];
            if (!last.IsEmpty && writingBytes == 0 && !needsRepair) Roll(DurableSeq, settings.Time.GetUtcNow());
            else if (!last.IsEmpty) wantsNewFile = true;
            var passed = passedSeq();
            while (segments.Count > 1 && segments[1].FirstSeq <= passed)
            {
                settings.Files.Delete(segments[0].Path);
                segments.RemoveAt(0);
            }
            return segments[0].IsEmpty ? DurableSeq : segments[0].FirstSeq;
        }
    }

    /// <summary>Writes what waits, then lets go of the files.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            if (isClosing) return;
            isClosing = true;
            Monitor.Pulse(gate);
        }
        writer.Join();
        GiveBackRoom();
        file.Dispose();
    }

    /// <summary>The file that holds a seq, with the bytes of it that are durable and the seq they end before; null where it is gone or still to come.</summary>
    internal (Segment Segment, long Length, long EndSeq)? Holding(long seq)
    {
        lock (gate)
        {
            for (var i = segments.Count - 1; i >= 0; i--)
                if (segments[i].FirstSeq <= seq)
                    return (segments[i], segments[i].Length, i + 1 < segments.Count ? segments[i + 1].FirstSeq : DurableSeq);
            return null;
        }
    }

    long Held() => segments.Sum(segment => segment.Length);

    void DropPassed(DateTimeOffset now)
    {
        var passed = passedSeq();
        while (segments.Count > 1 && segments[1].FirstSeq <= passed)
        {
            var isOld = now.ToUnixTimeMilliseconds() - segments[0].LastAtMs > settings.MaxAge.TotalMilliseconds;
            if (!isOld && Held() <= settings.MaxPartitionBytes / 2) return;
            settings.Files.Delete(segments[0].Path);
            segments.RemoveAt(0);
        }
    }
}
