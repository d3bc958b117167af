using Cairn.Ingestion;
using Cairn.Ingestion.Consumer;

namespace Cairn.Support.Ingestion;

/// <summary>A stream that keeps its messages in lists, and fails where the test says so.</summary>
/// <remarks>Shares the contract suite of the real one.</remarks>
public sealed class InMemoryEventStream(int partitionCount = 4, string streamId = "hub-1") : IEventStream
{
    /// <summary>Bytes of the largest message: what a hub takes in one send.</summary>
    const int MaxMessageBytes = 1024 * 1024;

    readonly Lock gate = new();
    readonly List<StreamMessage>[] partitions = [.. Enumerable.Range(0, partitionCount).Select(_ => new List<StreamMessage>())];

    /// <summary>Asked before each send: whether this partition refuses.</summary>
    public Func<int, bool> Refuses { get; set; } = _ => false;

    /// <summary>Asked before each send: whether it lands and reports a failure all the same.</summary>
    public Func<int, bool> LandsAndFails { get; set; } = _ => false;

    /// <summary>Whether even the number of partitions can't be asked for.</summary>
    public bool IsUnknown { get; set; }

    /// <summary>A send waits for this before it lands.</summary>
    public Func<CancellationToken, Task> Before { get; set; } = _ => Task.CompletedTask;

    /// <summary>Calls of <see cref="SendAsync"/>, refused ones included.</summary>
    public int SendCount { get; private set; }

    public IReadOnlyList<StreamMessage> this[int partition]
    {
        get
        {
            lock (gate) return [.. partitions[partition]];
        }
    }

    /// <summary>All messages, partition by partition.</summary>
    public IEnumerable<StreamMessage> All => Enumerable.Range(0, partitionCount).SelectMany(partition => this[partition]);

    public ValueTask<StreamShape> DescribeAsync(CancellationToken cancellationToken) =>
        IsUnknown ? throw new StreamUnavailableException("the stream can't be reached") : new(new StreamShape(streamId, partitionCount));

    public ValueTask<long> FindLastSeqAsync(int partition, CancellationToken cancellationToken) =>
        IsUnknown ? throw new StreamUnavailableException("the stream can't be reached") : new(this[partition].Count - 1L);

    public async Task SendAsync(int partition, IReadOnlyList<ReadOnlyMemory<byte>> messages, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate) SendCount++;
        await Before(cancellationToken);
        if (messages.Any(message => message.Length > MaxMessageBytes)) throw new StreamUnavailableException("a message is larger than a send may be");
        if (Refuses(partition)) throw new StreamUnavailableException($"partition {partition} refuses");
        lock (gate)
            foreach (var message in messages)
                partitions[partition].Add(new(partitions[partition].Count, message.ToArray(), DateTimeOffset.UnixEpoch));
        if (LandsAndFails(partition)) throw new StreamUnavailableException($"partition {partition} does not answer");
    }
}
