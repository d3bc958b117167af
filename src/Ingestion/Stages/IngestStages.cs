using Cairn.Ingestion.Streaming;

namespace Cairn.Ingestion.Stages;

/// <summary>A record's whole journey from a translated item to the stream, in order.</summary>
static class IngestStages
{
    public static IReadOnlyList<IIngestStage> InOrder(
        IProjectDirectory projects, ISuppressions suppressions, ICatalogue catalogue, StreamPublisher publisher) =>
    [
        new ResolveProject(projects),
        new EnforceLimits(),
        new FixClock(),
        new RequireFields(),
        new HonourOptOuts(suppressions),
        new ApplyCatalogue(catalogue),
        new Publish(publisher),
    ];
}
