using Cairn.Storage;

namespace Cairn.Ingestion.Streaming;

/// <summary>Where messages wait while the stream is away: blobs under <c>spool/</c>, their names in the order of writing.</summary>
public sealed class Spool(IBlobStore blobs, TimeProvider time)
{
    public const string Folder = "spool/";

    /// <summary>Stores messages for later; when it returns they are durable.</summary>
    /// <param name="partition">The partition they were for.</param>
    /// <exception cref="StreamUnavailableException">The blob store is away as well.</exception>
    public async Task StoreAsync(int partition, IReadOnlyList<ReadOnlyMemory<byte>> messages, CancellationToken cancellationToken)
    {
        var name = $"{Folder}{time.GetUtcNow().ToUnixTimeMilliseconds():D15}-{Guid.NewGuid():n}.messages";
        try
        {
            await blobs.PutAsync(name, SpoolFile.Encode(partition, messages), PutCondition.IfAbsent, cancellationToken);
        }
        catch (StorageUnavailableException fault)
        {
            throw new StreamUnavailableException($"{messages.Count} messages found neither the stream nor the spool", fault);
        }
        StreamMeter.WentToSpool(messages.Count);
    }
}
