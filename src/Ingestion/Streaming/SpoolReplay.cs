using Cairn.Ingestion.Consumer;
using Cairn.Storage;

namespace Cairn.Ingestion.Streaming;

/// <summary>Brings the spool's messages to the stream once it is back, oldest first. Run by a timer.</summary>
/// <remarks>
/// A blob is deleted after its messages were acknowledged; a crash in between, or two runs at once, send some twice. Their items
/// keep their ids, so readers take them once.
/// </remarks>
public sealed class SpoolReplay(IBlobStore blobs, IEventStream stream, DeadLetters deadLetters, TimeProvider time)
{
    /// <summary>Replays until the spool is empty or the stream refuses.</summary>
    /// <returns>How many blobs were replayed.</returns>
    /// <exception cref="StorageUnavailableException">The blob store is away; the next run goes on.</exception>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var replayed = 0;
        StreamShape? shape = null;
        await foreach (var entry in blobs.ListAsync(Spool.Folder, after: null, cancellationToken))
        {
            try
            {
                shape ??= await stream.DescribeAsync(cancellationToken);
            }
            catch (StreamUnavailableException)
            {
                return replayed;
            }
            if (await blobs.ReadAsync(entry.Name, cancellationToken) is not { } blob) continue;
            if (!await TryReplayAsync(shape, entry.Name, blob.Bytes, cancellationToken)) return replayed;
            await blobs.DeleteAsync(entry.Name, cancellationToken);
            replayed++;
        }
        return replayed;
    }

    async Task<bool> TryReplayAsync(StreamShape shape, string name, ReadOnlyMemory<byte> blob, CancellationToken cancellationToken)
    {
        (int Partition, IReadOnlyList<ReadOnlyMemory<byte>> Messages) spooled;
        try
        {
            spooled = SpoolFile.Decode(blob);
        }
        catch (MessageFormatException fault)
        {
            // It would stand in the way of all behind it for ever.
            await deadLetters.StoreAsync(new(name, fault.Message, time.GetUtcNow()), blob, cancellationToken);
            return true;
        }
        for (var i = 0; i < shape.PartitionCount; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!await StreamSend.TryAsync(stream, (spooled.Partition + i) % shape.PartitionCount, spooled.Messages, time)) continue;
            StreamMeter.LeftSpool(spooled.Messages.Count);
            return true;
        }
        return false;
    }
}
