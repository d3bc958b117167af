using System.Buffers;

namespace Cairn.Ingestion.Streaming;

/// <summary>
/// Sends a batch's accepted items to the stream and returns once all are durable: acknowledged by the stream, or, while that is
/// away, written to the spool.
/// </summary>
/// <remarks>
/// One lane a partition. While a lane's send is under way, what further requests bring waits together and goes with the next,
/// so that messages fill up under load and nobody waits without it. Thread-safe.
/// </remarks>
public sealed class StreamPublisher(IEventStream stream, Spool spool, TimeProvider time)
{
    readonly Lock gate = new();
    volatile PartitionLane[] lanes = [];
    string streamId = "";

    /// <summary>Publishes every item of accepted records that was not withdrawn.</summary>
    /// <param name="cancellationToken">Gives up waiting; what was handed over is sent all the same.</param>
    /// <exception cref="StreamUnavailableException">Neither stream nor spool took the items; some may be stored.</exception>
    public async Task PublishAsync(ItemBatch batch, CancellationToken cancellationToken)
    {
        var now = await LanesAsync(cancellationToken);
        if (HandOver(batch, now) is { } done) await done.WaitAsync(cancellationToken);
    }

    /// <summary>Puts items on their lanes; null where there was none.</summary>
    static Task? HandOver(ItemBatch batch, PartitionLane[] lanes)
    {
        var items = batch.Items;
        var laneOf = ArrayPool<int>.Shared.Rent(items.Length);
        var order = ArrayPool<int>.Shared.Rent(items.Length);
        var starts = ArrayPool<int>.Shared.Rent(lanes.Length + 1);
        Task? done = null;
        List<Task>? more = null;
        for (var project = 0; project < batch.Projects.Count; project++)
        {
            // A counting sort by lane keeps the order of the request within each.
            Array.Clear(starts, 0, lanes.Length + 1);
            for (var i = 0; i < items.Length; i++)
            {
                ref readonly var item = ref items[i];
                laneOf[i] = -1;
                if (item.ProjectIndex != project || item.Kind == default || !batch.IsAccepted(item.RecordIndex)) continue;
                laneOf[i] = PartitionOf.Among(PartitionOf.Hash(item), lanes.Length);
                starts[laneOf[i] + 1]++;
            }
            for (var lane = 0; lane < lanes.Length; lane++) starts[lane + 1] += starts[lane];
            for (var i = 0; i < items.Length; i++)
                if (laneOf[i] >= 0) order[starts[laneOf[i]]++] = i;
            // Each start has moved to where its lane ends.
            for (int lane = 0, start = 0; lane < lanes.Length; start = starts[lane++])
            {
                if (starts[lane] == start) continue;
                var sent = lanes[lane].Add(batch, batch.Projects[project], order.AsSpan(start, starts[lane] - start));
                if (done is null) done = sent;
                else (more ??= [done]).Add(sent);
            }
        }
        ArrayPool<int>.Shared.Return(laneOf);
        ArrayPool<int>.Shared.Return(order);
        ArrayPool<int>.Shared.Return(starts);
        return more is null ? done : Task.WhenAll(more);
    }

    async ValueTask<PartitionLane[]> LanesAsync(CancellationToken cancellationToken)
    {
        StreamShape shape;
        try
        {
            shape = await stream.DescribeAsync(cancellationToken);
        }
        catch (StreamUnavailableException) when (lanes.Length > 0)
        {
            // The lanes of before know what to do with a stream that is away.
            return lanes;
        }
        catch (StreamUnavailableException)
        {
            // Never seen yet: every stream has a partition 0, and replay spreads the spool over the others.
            return Replace("", 1);
        }
        var current = lanes;
        return streamId == shape.StreamId && current.Length == shape.PartitionCount ? current : Replace(shape.StreamId, shape.PartitionCount);
    }

    PartitionLane[] Replace(string id, int count)
    {
        lock (gate)
        {
            if (streamId == id && lanes.Length == count) return lanes;
            var fresh = new PartitionLane[count];
            var health = new PartitionHealth(count, time);
            for (var partition = 0; partition < count; partition++) fresh[partition] = new(partition, stream, spool, health, time);
            (streamId, lanes) = (id, fresh);
            return fresh;
        }
    }
}
