using Cairn.Ingestion;
using Cairn.Ingestion.Consumer;
using Cairn.Ingestion.Stages;
using Cairn.Ingestion.Streaming;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Cairn.Functions;

/// <summary>The door, the spool and the consumer.</summary>
static class IngestionServices
{
    /// <remarks>Needs the ports, an <see cref="IProjectDirectory"/> and an <see cref="ISuppressions"/> beside it.</remarks>
    public static IServiceCollection AddIngestion(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ICatalogue, OpenCatalogue>();
        return services
            .AddSingleton<Spool>()
            .AddSingleton<StreamPublisher>()
            .AddSingleton<IIngestDoor, IngestDoor>()
            .AddSingleton<DeadLetters>()
            .AddSingleton<StoredPlaces>()
            .AddSingleton<StreamConsumer>()
            .AddSingleton<SpoolReplay>();
    }
}
