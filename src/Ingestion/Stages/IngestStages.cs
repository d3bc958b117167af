using Cairn.Ingestion.Streaming;
using Cairn.Storage.Erasure;

namespace Cairn.Ingestion.Stages;

/// <summary>A record's whole journey from a translated item to the stream, in order.</summary>
static class IngestStages
{
    public static IReadOnlyList<IIngestStage> InOrder(
        IProjectDirectory projects, ISuppressions suppressions, ICatalogue catalogue, StreamPublisher publisher, ErasureStore? erasures = null) =>
    [
        new ResolveProject(projects),
        new EnforceLimits(),
        new FixClock(),
        new RequireFields(),
        new HonourOptOuts(suppressions, erasures),
        new ApplyCatalogue(catalogue),
        new Publish(publisher),
    ];
}
