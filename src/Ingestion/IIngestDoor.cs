namespace Cairn.Ingestion;

/// <summary>The way in: judges a filled batch stage by stage and publishes what is accepted.</summary>
public interface IIngestDoor
{
    /// <summary>Runs every stage; when it returns, each accepted item is durable (in the stream, or in the spool) and each record has its verdict.</summary>
    /// <exception cref="StreamUnavailableException">Neither the stream nor the spool took the items: answer "not stored, try later".</exception>
    /// <exception cref="Storage.StorageUnavailableException">Nobody can say whose a token is, for the tables are away; nothing is durable, and the answer is the same.</exception>
    ValueTask AcceptAsync(ItemBatch batch, CancellationToken cancellationToken);
}
