using Cairn.Api.Ingest.Amplitude;
using Cairn.Api.Ingest.Segment;
using Microsoft.Extensions.DependencyInjection;

namespace Cairn.Api.Ingest;

/// <summary>Registers the handlers of Amplitude's and Segment's ingestion; the door, the projects and the clock are others' to register.</summary>
public static class VendorIngestServices
{
    public static IServiceCollection AddAmplitudeIngest(this IServiceCollection services) => services
        .AddSingleton<Outage>()
        .AddSingleton<AmplitudeUploads>()
        .AddSingleton<AmplitudeForms>()
        .AddSingleton<LegacyUploads>();

    public static IServiceCollection AddSegmentIngest(this IServiceCollection services) => services.AddSingleton<SegmentTracking>();
}
