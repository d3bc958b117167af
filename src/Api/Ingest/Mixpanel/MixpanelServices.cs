using Cairn.Projects.LookupTables;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Cairn.Api.Ingest.Mixpanel;

/// <summary>Registers Mixpanel's ingestion endpoints.</summary>
public static class MixpanelServices
{
    /// <summary>Needs an <c>IIngestDoor</c>, an <c>IAccessControl</c>, an <c>IProjectDirectory</c> and an <c>IBlobStore</c> beside it.</summary>
    public static IServiceCollection AddMixpanelIngestion(this IServiceCollection services, MixpanelOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<LookupTables>();
        services.TryAddSingleton<Authorization.RequestAuthorization>();
        services.AddSingleton(options);
        services.AddSingleton<MixpanelDataEndpoint>();
        services.AddSingleton<MixpanelImportEndpoint>();
        services.AddSingleton<MixpanelLookupTableEndpoint>();
        services.AddSingleton<MixpanelSdkEndpoint>();
        return services;
    }
}
