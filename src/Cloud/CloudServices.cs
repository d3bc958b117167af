using Azure.Core;
using Azure.Messaging.EventHubs.Producer;
using Cairn.Cloud.EventHubs;
using Cairn.Ingestion;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Cairn.Cloud;

/// <summary>The ports on Azure, where nobody has registered others.</summary>
public static class CloudServices
{
    /// <summary>Name of the hub in its namespace; triggers name it too.</summary>
    public const string HubName = "events";

    /// <summary>The consumer group that stores events.</summary>
    public const string ConsumerGroup = "store";

    /// <summary>Prefix of the settings that say where the hub is, as a trigger's <c>Connection</c> names it.</summary>
    public const string HubConnection = "EventHubs";

    /// <summary>Adds the stream, blobs and tables.</summary>
    /// <exception cref="InvalidOperationException">A setting is missing; the message names it.</exception>
    public static IServiceCollection AddCloud(this IServiceCollection services, IConfiguration settings)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<TokenCredential, LateCredential>();
        if (Missing<IEventStream>(services))
        {
            var hubs = Required(settings, $"{HubConnection}:fullyQualifiedNamespace");
            services.AddSingleton<IEventStream>(provider => new EventHubStream(
                new EventHubProducerClient(hubs, HubName, provider.GetRequiredService<TokenCredential>(), EventHubStream.Options), provider.GetRequiredService<TimeProvider>()));
        }
        return services;
    }

    static bool Missing<T>(IServiceCollection services) => services.All(service => service.ServiceType != typeof(T));

    static string Required(IConfiguration settings, string name) => settings[name] is { Length: > 0 } value
        ? value
        : throw new InvalidOperationException($"The setting {name.Replace(":", "__", StringComparison.Ordinal)} is missing: it says where the app finds its Azure service");
}
