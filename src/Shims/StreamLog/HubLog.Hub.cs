namespace Cairn.Shims.StreamLog;

/// <summary>The log as a hub: all of it belongs to whoever keeps it.</summary>
public sealed partial class HubLog : IHub
{
    TimeSpan IHub.ClaimsLast => Timeout.InfiniteTimeSpan;

    ValueTask<HubIdentity> IHub.DescribeAsync(CancellationToken cancellationToken) => new(Identity);

    Task IHub.SendAsync(int partition, IReadOnlyList<ReadOnlyMemory<byte>> bodies, TimeSpan timeout, CancellationToken cancellationToken) =>
        partitions[partition].AppendAsync(bodies, timeout).WaitAsync(cancellationToken);

    ValueTask<long> IHub.FindEndAsync(int partition, CancellationToken cancellationToken) => new(partitions[partition].DurableSeq);

    ValueTask<IReadOnlySet<int>> IHub.ClaimAsync(string group, string owner, CancellationToken cancellationToken) => new(Enumerable.Range(0, partitions.Count).ToHashSet());

    ValueTask<long> IHub.ReadCheckpointAsync(string group, int partition, CancellationToken cancellationToken) => new(ReadCheckpoint(group, partition));

    ValueTask IHub.WriteCheckpointAsync(string group, int partition, long nextSeq, CancellationToken cancellationToken)
    {
        WriteCheckpoint(group, partition, nextSeq);
        return default;
    }

    IHubReader IHub.Read(string group, string owner, int partition, long fromSeq) => new Reader(partitions[partition], fromSeq);

    sealed class Reader(PartitionLog log, long fromSeq) : IHubReader
    {
        readonly PartitionReader reader = log.Read(fromSeq);

        public async ValueTask<IReadOnlyList<StreamRecord>> TakeAsync(int maxCount, long maxBytes, CancellationToken cancellationToken)
        {
            await log.WaitForAsync(reader.NextSeq, cancellationToken);
            return reader.Take(maxCount, maxBytes);
        }

        public void Dispose() => reader.Dispose();
    }
}
