using Cairn.Api.Ingest.Amplitude;
using Cairn.Api.Ingest.Mixpanel;
using Cairn.Api.Ingest.Segment;
using Cairn.Projects.LookupTables;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Cairn.Api.Ingest;

/// <summary>Registers the handlers of the vendors' ingestion; the door, the projects and the clock are others' to register.</summary>
public static class VendorIngestServices
{
    public static IServiceCollection AddAmplitudeIngest(this IServiceCollection services) => services
        .AddSingleton<Outage>()
        .AddSingleton<AmplitudeUploads>()
        .AddSingleton<AmplitudeForms>()
        .AddSingleton<LegacyUploads>();

    public static IServiceCollection AddMixpanelIngest(this IServiceCollection services) => services
        .AddSingleton(provider => MixpanelOptions.Of(provider.GetRequiredService<IConfiguration>()))
        .AddSingleton<LookupTables>()
        .AddSingleton<MixpanelDataEndpoint>()
        .AddSingleton<MixpanelImportEndpoint>()
        .AddSingleton<MixpanelLookupTableEndpoint>()
        .AddSingleton<MixpanelSdkEndpoint>();

    public static IServiceCollection AddSegmentIngest(this IServiceCollection services) => services.AddSingleton<SegmentTracking>();
}
