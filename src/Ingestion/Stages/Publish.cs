using Cairn.Ingestion.Streaming;

namespace Cairn.Ingestion.Stages;

/// <summary>Hands what is left to the stream, and waits until it is durable.</summary>
sealed class Publish(StreamPublisher publisher) : IIngestStage
{
    public string Name => "publish";

    public async ValueTask RunAsync(ItemBatch batch, CancellationToken cancellationToken)
    {
        if (batch.Rules.TakesAllOrNothing && batch.AcceptedCount < batch.RecordCount) return;
        await publisher.PublishAsync(batch, cancellationToken);
    }
}
