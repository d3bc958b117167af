namespace Cairn.Shims.StreamLog;

/// <summary>A hub as producers and triggers see it: a log that this process keeps, or one that another process serves.</summary>
public interface IHub
{
    /// <summary>Its name in its namespace.</summary>
    string Name { get; }

    /// <summary>For how long a claim holds that is not renewed; infinite where nobody else could read.</summary>
    TimeSpan ClaimsLast { get; }

    /// <summary>Which hub it is.</summary>
    ValueTask<HubIdentity> DescribeAsync(CancellationToken cancellationToken);

    /// <summary>Adds messages to a partition in order; returns once they are durable.</summary>
    /// <exception cref="Azure.Messaging.EventHubs.EventHubsException">Refused: none of them will be read.</exception>
    /// <exception cref="TimeoutException">Not durable in time; they may become so later.</exception>
    Task SendAsync(int partition, IReadOnlyList<ReadOnlyMemory<byte>> bodies, TimeSpan timeout, CancellationToken cancellationToken);

    /// <summary>The first seq of a partition that is not durable yet.</summary>
    ValueTask<long> FindEndAsync(int partition, CancellationToken cancellationToken);

    /// <summary>Claims partitions for an owner, or renews its claims: those it may read until <see cref="ClaimsLast"/> has passed.</summary>
    ValueTask<IReadOnlySet<int>> ClaimAsync(string group, string owner, CancellationToken cancellationToken);

    /// <summary>The first seq that a group has not taken.</summary>
    ValueTask<long> ReadCheckpointAsync(string group, int partition, CancellationToken cancellationToken);

    /// <summary>Remembers that a group has taken everything before a seq.</summary>
    ValueTask WriteCheckpointAsync(string group, int partition, long nextSeq, CancellationToken cancellationToken);

    /// <summary>Reads a partition in order.</summary>
    IHubReader Read(string group, string owner, int partition, long fromSeq);
}

/// <summary>Reads a partition in order; for one caller at a time.</summary>
public interface IHubReader : IDisposable
{
    /// <summary>The next durable records, at least one: waits for it. Seqs no longer held are skipped.</summary>
    /// <param name="maxBytes">Stops after the record that reaches it.</param>
    /// <exception cref="PartitionLostException">Another owner reads the partition now.</exception>
    /// <exception cref="InvalidDataException">A durable record is damaged.</exception>
    ValueTask<IReadOnlyList<StreamRecord>> TakeAsync(int maxCount, long maxBytes, CancellationToken cancellationToken);
}

/// <summary>A reader's partition has another owner now.</summary>
public sealed class PartitionLostException(int partition) : Exception($"partition {partition} has another owner");
