using Cairn.Ingestion;
using Cairn.Ingestion.Stages;
using Cairn.Ingestion.Streaming;
using Cairn.Support.Ingestion;
using Cairn.Support.Stores;

namespace Cairn.Support.Ingest;

/// <summary>The real stages over a stream in memory, with nobody suppressed and nothing blocked.</summary>
public sealed class StagedDoor : IIngestDoor
{
    readonly IngestDoor door;

    public StagedDoor(IProjectDirectory projects, TimeProvider time)
    {
        var publisher = new StreamPublisher(Stream, new Spool(new InMemoryBlobStore(), time), time);
        door = new(projects, new Nobody(), new OpenCatalogue(), publisher);
    }

    public InMemoryEventStream Stream { get; } = new();

    /// <summary>Records that every stage let through.</summary>
    public int StoredCount { get; private set; }

    public async ValueTask AcceptAsync(ItemBatch batch, CancellationToken cancellationToken)
    {
        await door.AcceptAsync(batch, cancellationToken);
        foreach (var verdict in batch.Verdicts)
            if (verdict.IsAccepted) StoredCount++;
    }

    sealed class Nobody : ISuppressions
    {
        public bool IsSuppressed(string projectId, ReadOnlySpan<byte> utf8Id) => false;
    }
}
