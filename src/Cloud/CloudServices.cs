using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Messaging.EventHubs.Producer;
using Azure.Storage.Blobs;
using Cairn.Cloud.Blobs;
using Cairn.Cloud.EventHubs;
using Cairn.Cloud.Tables;
using Cairn.Ingestion;
using Cairn.Storage;
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

    /// <summary>The container that holds all blobs, where the setting <c>Storage__container</c> names no other.</summary>
    public const string ContainerName = "cairn";

    /// <summary>Tries after the first, for what may be done twice.</summary>
    const int MaxRetries = 3;

    /// <summary>How long one try waits for the service.</summary>
    static readonly TimeSpan MaxTryTime = TimeSpan.FromSeconds(30);

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
        if (Missing<IBlobStore>(services))
        {
            Find(settings, "blobServiceUri");
            var container = settings["Storage:container"] ?? ContainerName;
            services.AddSingleton<IBlobStore>(provider => new AzureBlobStore(
                Blobs(settings, provider, MaxRetries).GetBlobContainerClient(container), Blobs(settings, provider, 0).GetBlobContainerClient(container)));
        }
        if (Missing<ITableStore>(services))
        {
            Find(settings, "tableServiceUri");
            services.AddSingleton<ITableStore>(provider => new AzureTableStore(Tables(settings, provider, MaxRetries), Tables(settings, provider, 0)));
        }
        return services;
    }

    static BlobServiceClient Blobs(IConfiguration settings, IServiceProvider provider, int maxRetries)
    {
        var options = new BlobClientOptions();
        Configure(options, provider, maxRetries, "blob");
        return Find(settings, "blobServiceUri") switch
        {
            (var connection, true) => new BlobServiceClient(connection, options),
            (var uri, false) => new BlobServiceClient(new Uri(uri), provider.GetRequiredService<TokenCredential>(), options),
        };
    }

    static TableServiceClient Tables(IConfiguration settings, IServiceProvider provider, int maxRetries)
    {
        var options = new TableClientOptions();
        Configure(options, provider, maxRetries, "table");
        return Find(settings, "tableServiceUri") switch
        {
            (var connection, true) => new TableServiceClient(connection, options),
            (var uri, false) => new TableServiceClient(new Uri(uri), provider.GetRequiredService<TokenCredential>(), options),
        };
    }

    static void Configure(ClientOptions options, IServiceProvider provider, int maxRetries, string service)
    {
        options.AddPolicy(new StorageMeter(service), HttpPipelinePosition.PerRetry);
        options.Retry.MaxRetries = maxRetries;
        options.Retry.NetworkTimeout = MaxTryTime;
        // Tests hand one over that trusts their certificate, or that fails when told to.
        if (provider.GetService<HttpPipelineTransport>() is { } transport) options.Transport = transport;
    }

    /// <summary>The setting <c>Storage</c> is a connection string, for emulators; else <c>Storage__…Uri</c> is a place that wants a token.</summary>
    static (string Value, bool IsConnectionString) Find(IConfiguration settings, string name) =>
        settings["Storage"] is { Length: > 0 } connection ? (connection, true) : (Required(settings, $"Storage:{name}"), false);

    static bool Missing<T>(IServiceCollection services) => services.All(service => service.ServiceType != typeof(T));

    static string Required(IConfiguration settings, string name) => settings[name] is { Length: > 0 } value
        ? value
        : throw new InvalidOperationException($"The setting {name.Replace(":", "__", StringComparison.Ordinal)} is missing: it says where the app finds its Azure service");
}
