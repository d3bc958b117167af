using Cairn.Ingestion.Streaming;

namespace Cairn.Ingestion.Stages;

/// <summary>Hands what is left to the stream, and waits until it is durable.</summary>
sealed class Publish(StreamPublisher publisher) : IIngestStage
{
    public string Name => "publish";

    /// <summary>Whether one record at fault keeps the whole batch out.</summary>
    public static bool LeavesOut(ItemBatch batch) => batch.Rules.TakesAllOrNothing && batch.AcceptedCount < batch.RecordCount;

    public async ValueTask RunAsync(ItemBatch batch, CancellationToken cancellationToken)
    {
        if (LeavesOut(batch)) return;
        await publisher.PublishAsync(batch, cancellationToken);
    }
}
