namespace Cairn.Ingestion.Streaming;

/// <summary>One send with a limit on its time.</summary>
static class StreamSend
{
    /// <summary>False where the stream refused or did not answer in time; the messages may have landed all the same.</summary>
    public static async Task<bool> TryAsync(IEventStream stream, int partition, IReadOnlyList<ReadOnlyMemory<byte>> messages, TimeProvider time)
    {
        using var limit = new CancellationTokenSource(PartitionLane.SendTimeout, time);
        try
        {
            await stream.SendAsync(partition, messages, limit.Token);
            return true;
        }
        catch (StreamUnavailableException)
        {
            return false;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return false;
        }
    }
}
