namespace Cairn.Ingestion;

/// <summary>The durable, partitioned stream between the door and the consumer: Azure Event Hubs, or the same client's log on one machine.</summary>
public interface IEventStream
{
    /// <summary>The hub's name with its creation (a hub made anew is another stream) and the number of its partitions.</summary>
    /// <exception cref="StreamUnavailableException">The hub can't be reached.</exception>
    ValueTask<StreamShape> DescribeAsync(CancellationToken cancellationToken);

    /// <summary>Sends messages to one partition, in order; returns once they are acknowledged, so durable.</summary>
    /// <param name="partition">From 0.</param>
    /// <param name="messages">Each at most <see cref="StreamLimits.MaxMessageBytes"/>; their memory may be used again after the call.</param>
    /// <exception cref="StreamUnavailableException">Refused or timed out; the messages may have landed all the same.</exception>
    Task SendAsync(int partition, IReadOnlyList<ReadOnlyMemory<byte>> messages, CancellationToken cancellationToken);

    /// <summary>The seq of a partition's last message; -1 where none was ever sent.</summary>
    /// <exception cref="StreamUnavailableException">The hub can't be reached.</exception>
    ValueTask<long> FindLastSeqAsync(int partition, CancellationToken cancellationToken);
}

/// <summary>Which stream, and how many partitions it has.</summary>
/// <param name="StreamId">Changes whenever the hub is made anew; [a-z0-9-], at most 80 characters.</param>
public sealed record StreamShape(string StreamId, int PartitionCount);

/// <summary>What Event Hubs allows and bills by.</summary>
public static class StreamLimits
{
    /// <summary>Bytes of one packed message: below the 64 KiB that Event Hubs bills as one ingress event.</summary>
    public const int MaxMessageBytes = 60 * 1024;

    /// <summary>Bytes of one message that holds a single large item: below Event Hubs' 1 MiB for a whole batch, with room for its envelope.</summary>
    public const int MaxLoneMessageBytes = 1000 * 1024;
}

/// <summary>The stream refused or could not be reached in time; what was sent may have landed.</summary>
public sealed class StreamUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
