namespace Cairn.Ingestion.Streaming;

/// <summary>The way to one partition: one send at a time, everything that came meanwhile with the next.</summary>
sealed class PartitionLane(int partition, IEventStream stream, Spool spool, PartitionHealth health, TimeProvider time)
{
    /// <summary>How long a send may take before it counts as failed (it may have landed): well within the patience of every SDK, twice.</summary>
    public static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(4);

    /// <summary>Partitions tried for one send, its own included, before the spool.</summary>
    const int MaxTries = 2;

    readonly Lock gate = new();
    readonly MessagePacker packer = new();
    Waiting open = new();
    Waiting? spare;
    bool isSending;

    /// <summary>Takes over copies of some items of one project; the task completes once they are durable.</summary>
    public Task Add(ItemBatch batch, IngestProject project, ReadOnlySpan<int> indexes)
    {
        Task done;
        lock (gate)
        {
            open.Content.Write(batch, project, indexes);
            done = open.Done.Task;
            if (isSending) return done;
            isSending = true;
        }
        _ = SendAllAsync();
        return done;
    }

    // Never throws: each outcome goes to those who wait for it.
    async Task SendAllAsync()
    {
        while (Take() is { } taken)
        {
            try
            {
                await SendAsync(taken.Content);
                ThreadPool.UnsafeQueueUserWorkItem(static done => done.SetResult(), taken.Done, preferLocal: false);
            }
            // Whatever it is, it is the waiting requests' to hear, and the lane goes on.
            catch (Exception fault)
            {
                ThreadPool.UnsafeQueueUserWorkItem(static told => told.Done.SetException(told.Fault), (taken.Done, Fault: fault), preferLocal: false);
            }
            taken.Reset();
            spare = taken;
        }
    }

    Waiting? Take()
    {
        lock (gate)
        {
            if (open.Content.Length == 0)
            {
                isSending = false;
                return null;
            }
            var taken = open;
            open = spare ?? new();
            spare = null;
            return taken;
        }
    }

    async Task SendAsync(ContentWriter content)
    {
        var messages = new List<ArraySegment<byte>>();
        try
        {
            packer.Pack(content, messages);
            // In calls that fit one batch of Event Hubs each.
            for (var first = 0; first < messages.Count;)
            {
                var call = new List<ReadOnlyMemory<byte>>();
                for (var bytes = 0; first < messages.Count && (call.Count == 0 || bytes + messages[first].Count <= StreamLimits.MaxLoneMessageBytes); first++)
                {
                    call.Add(messages[first]);
                    bytes += messages[first].Count;
                }
                if (!await TrySendAsync(call)) await spool.StoreAsync(partition, call, CancellationToken.None);
            }
        }
        finally
        {
            foreach (var message in messages) MessagePacker.Return(message);
        }
    }

    async Task<bool> TrySendAsync(List<ReadOnlyMemory<byte>> messages)
    {
        var tries = 0;
        for (var i = 0; i < health.PartitionCount && tries < MaxTries; i++)
        {
            var target = (partition + i) % health.PartitionCount;
            if (health.IsResting(target)) continue;
            tries++;
            if (await StreamSend.TryAsync(stream, target, messages, time))
            {
                health.Worked(target);
                StreamMeter.Sent(messages);
                return true;
            }
            health.Failed(target);
        }
        return false;
    }

    /// <summary>What waits for the next send, and who.</summary>
    sealed class Waiting
    {
        public ContentWriter Content { get; } = new();
        /// <summary>
        /// Completed by a thread that does nothing else: whoever waits goes on there, one after the other, for a thread woken for each of
        /// many small requests costs more than their answers.
        /// </summary>
        public TaskCompletionSource Done { get; private set; } = new();

        public void Reset()
        {
            Content.Clear();
            Done = new();
        }
    }
}
