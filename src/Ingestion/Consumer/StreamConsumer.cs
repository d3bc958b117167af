using System.Collections.Concurrent;
using Cairn.Ingestion.Streaming;
using Cairn.Model;
using Cairn.Storage;
using Cairn.Storage.Erasure;

namespace Cairn.Ingestion.Consumer;

/// <summary>
/// Turns a partition's messages into recent files and look-up rows. Called at least once for every message; when a call returns, its
/// messages are done with and the checkpoint may move past them.
/// </summary>
/// <remarks>
/// Data faults never throw: what can't be read goes to the dead letters. Faults of the machinery throw: the caller brings the messages
/// again, in whatever borders, and rows that were stored already are taken once by their place. Thread-safe; one partition's calls
/// come one after the other.
/// </remarks>
/// <param name="places">Told how far each partition has come; null: nobody is.</param>
/// <param name="erasures">Whose items are dropped; null: nobody's.</param>
public sealed class StreamConsumer(IBlobStore blobs, DeadLetters deadLetters, IEnumerable<IConsumerSink> sinks, TimeProvider time, StoredPlaces? places = null, ErasureStore? erasures = null)
{
    /// <summary>
    /// Bytes of packed messages that become one file, some 30,000 ordinary events: with the columns' and the file's own bytes an instance that owns
    /// several partitions stays below 64 MB.
    /// </summary>
    const int MaxSliceBytes = 1024 * 1024;

    static readonly IReadOnlyDictionary<string, ErasedItems> NothingErased = new Dictionary<string, ErasedItems>(StringComparer.Ordinal);

    readonly IConsumerSink[] sinks = [.. sinks];
    readonly RowsBuilders builders = new();
    readonly ConcurrentDictionary<(string StreamId, int Partition), PartitionMemory> memories = [];

    /// <summary>Stores everything of some messages.</summary>
    /// <param name="streamId">Of <see cref="StreamShape"/>.</param>
    /// <param name="messages">Of one partition, ascending.</param>
    /// <exception cref="StorageUnavailableException">Come again.</exception>
    public async Task ConsumeAsync(string streamId, int partition, IReadOnlyList<StreamMessage> messages, CancellationToken cancellationToken)
    {
        for (int first = 0, count; first < messages.Count; first += count)
        {
            count = 1;
            for (var bytes = messages[first].Body.Length; first + count < messages.Count; count++)
            {
                bytes += messages[first + count].Body.Length;
                if (bytes > MaxSliceBytes) break;
            }
            await ConsumeSliceAsync(streamId, partition, messages.Skip(first).Take(count), cancellationToken);
        }
    }

    async Task ConsumeSliceAsync(string streamId, int partition, IEnumerable<StreamMessage> messages, CancellationToken cancellationToken)
    {
        using var activity = ConsumerMeter.Begin(partition);
        // Taken out while in use and put back only when all went well: after a failure nothing is believed to be stored.
        memories.TryRemove((streamId, partition), out var memory);
        memory ??= new();
        var erased = erasures is null ? NothingErased : await erasures.ReadRecentAsync(cancellationToken);
        // Claims that were told before may be erased by now: they are told again.
        var requests = erased.Values.Sum(items => items.Requests);
        if (requests != memory.ErasureRequests) memory.Claims.Clear();
        memory.ErasureRequests = requests;
        using var slice = new ConsumedSlice(streamId, partition, memory, builders, erased);
        foreach (var message in messages)
        {
            // A gap means that another instance owned the partition for a while, and may have seen other claims.
            if (message.Seq != memory.LastSeq + 1) memory.Claims.Clear();
            memory.LastSeq = message.Seq;
            slice.Add(message);
        }
        foreach (var (letter, bytes) in slice.Faults) await deadLetters.StoreAsync(letter, bytes, cancellationToken);
        await slice.StoreAsync(blobs, cancellationToken);
        if (slice.Items.Count > 0)
        {
            var batch = new ConsumedBatch(streamId, partition, slice.FirstSeq, slice.LastSeq, slice.Items);
            foreach (var sink in sinks) await sink.ApplyAsync(batch, cancellationToken);
        }
        ErasureMeter.Dropped("consumer", slice.ErasedCount);
        ConsumerMeter.Consumed(slice, time.GetUtcNow());
        places?.Note(streamId, partition, slice.LastSeq);
        memories[(streamId, partition)] = memory;
    }
}

/// <summary>What is kept of a partition between calls.</summary>
sealed class PartitionMemory
{
    public LastClaims Claims { get; } = new();

    /// <summary>Requests for erasure that were known at the last call.</summary>
    public int ErasureRequests { get; set; }

    /// <summary>The message read last; -1 before any.</summary>
    public long LastSeq { get; set; } = -1;

    /// <summary>For its buffers.</summary>
    public MessageDecoder Decoder { get; } = new();
}
