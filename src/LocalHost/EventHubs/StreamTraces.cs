using Cairn.Shims.StreamLog;
using Cairn.Storage;

namespace Cairn.LocalHost.EventHubs;

/// <summary>Messages that every consumer group has taken and the stream's files on this machine still hold.</summary>
sealed class StreamTraces(HubNamespace hubs) : IStoreTraces
{
    public string Name => "stream";

    public Task<bool> ForgetAsync(IReadOnlyList<long> streamEnds, CancellationToken cancellationToken)
    {
        var isGone = true;
        foreach (var hub in hubs.Open)
            for (var partition = 0; partition < hub.Partitions.Count; partition++)
                isGone &= hub.Partitions[partition].DropAllPassed() > streamEnds.ElementAtOrDefault(partition);
        return Task.FromResult(isGone);
    }
}
