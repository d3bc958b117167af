using System.Diagnostics;
using Cairn.Ingestion.Streaming;
using Cairn.Storage.Erasure;

namespace Cairn.Ingestion.Stages;

/// <summary>The door: takes a batch through <see cref="IngestStages.InOrder"/>, measures each stage by name, and counts the verdicts.</summary>
public sealed class IngestDoor : IIngestDoor
{
    readonly IReadOnlyList<IIngestStage> stages;

    public IngestDoor(IProjectDirectory projects, ISuppressions suppressions, ICatalogue catalogue, StreamPublisher publisher, ErasureStore? erasures = null) =>
        stages = IngestStages.InOrder(projects, suppressions, catalogue, publisher, erasures);

    public async ValueTask AcceptAsync(ItemBatch batch, CancellationToken cancellationToken)
    {
        if (batch.RecordCount == 0) return;
        var began = Stopwatch.GetTimestamp();
        foreach (var stage in stages)
        {
            await stage.RunAsync(batch, cancellationToken);
            var ended = Stopwatch.GetTimestamp();
            IngestMeter.StageTook(stage.Name, Stopwatch.GetElapsedTime(began, ended));
            began = ended;
        }
        if (Publish.LeavesOut(batch)) IngestMeter.CountRejected(batch);
        else IngestMeter.Count(batch);
    }
}
