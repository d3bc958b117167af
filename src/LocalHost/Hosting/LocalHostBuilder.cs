using System.Globalization;
using System.Reflection;
using Cairn.Disk;
using Cairn.LocalHost.EventHubs;
using Cairn.LocalHost.Http;
using Cairn.LocalHost.Timers;
using Cairn.Shims.StreamLog;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cairn.LocalHost.Hosting;

/// <summary>Puts the host together: settings, services, the functions' routes.</summary>
/// <remarks>
/// Settings: <c>--port</c> (7071, on 127.0.0.1; 0 for any free one), <c>--urls</c> in its place, <c>--data</c> (./data), or environment
/// variables of these names with the prefix CAIRN_. Whatever local.settings.json says comes last.
/// </remarks>
sealed class LocalHostBuilder
{
    /// <summary>How long requests and batches under way may take to end after SIGTERM.</summary>
    static readonly TimeSpan MaxDrainTime = TimeSpan.FromSeconds(30);

    /// <summary>Where an app looks for its Event Hubs namespace, and a trigger with <c>Connection = "EventHubs"</c> too.</summary>
    const string NamespaceSetting = "EventHubs:fullyQualifiedNamespace";

    readonly Assembly app;
    readonly string dataFolder;

    public LocalHostBuilder(string[] args, Assembly app)
    {
        this.app = app;
        StartFailures.Watch(args, app);
        Web = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ApplicationName = app.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = Environment.GetEnvironmentVariable("AZURE_FUNCTIONS_ENVIRONMENT") ?? Environments.Development,
        });
        Web.Configuration.AddInMemoryCollection(LocalSettings.Read(Path.Combine(AppContext.BaseDirectory, LocalSettings.FileName)));
        Web.Configuration.AddEnvironmentVariables().AddEnvironmentVariables("CAIRN_").AddCommandLine(args);
        dataFolder = Path.GetFullPath(Web.Configuration["data"] ?? "data");
        // The app finds its stream as it finds a namespace on Azure: by this setting.
        Web.Configuration.AddInMemoryCollection([new(NamespaceSetting, Web.Configuration["LocalHub:Url"] ?? StreamFolder)]);
        Web.Services.TryAddSingleton(TimeProvider.System);
        if (!HasStorageAccount) Web.Services.AddDiskStores(dataFolder);
    }

    /// <summary>Whether blobs and tables are a storage account's, an emulator's or Azure's, in place of the data folder's.</summary>
    bool HasStorageAccount => Web.Configuration["Storage"] is { Length: > 0 } || Web.Configuration["Storage:blobServiceUri"] is { Length: > 0 };

    /// <summary>Whether the stream is this process's own.</summary>
    bool ServesHub => Web.Configuration[NamespaceSetting] == StreamFolder;

    /// <summary>The web application below.</summary>
    public WebApplicationBuilder Web { get; }

    /// <summary>What tests change.</summary>
    public LocalHostOptions Options { get; } = new();

    string StreamFolder => Path.Combine(dataFolder, "stream");

    public IHost Build()
    {
        var settings = HostSettings.Parse(Options.HostJson ?? File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "host.json")));
        var functions = FunctionMethod.Discover(Options.FunctionClasses ?? app.GetTypes());
        if (!Options.HasWebApplication && functions.Any(function => function.Trigger is HttpTriggerAttribute))
            throw new InvalidOperationException("HTTP functions need ConfigureFunctionsWebApplication() (AZFW0014)");

        AddLogging(settings);
        Web.Services.AddRoutingCore();
        Web.Services.Configure<HostOptions>(options => options.ShutdownTimeout = MaxDrainTime);
        Web.WebHost.UseKestrelCore().UseSockets(KestrelSettings.Apply).ConfigureKestrel(KestrelSettings.Apply);
        Web.WebHost.UseUrls(Web.Configuration["urls"] ?? $"http://127.0.0.1:{Port()}");

        AddTriggers(functions, settings);
        var needs = new ServiceNeeds(Web.Services);
        var host = Web.Build();
        // Made first, so disposed last: whatever sends while it is disposed still finds it.
        if (ServesHub) host.Services.GetRequiredService<HubNamespace>();
        host.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.All, ForwardLimit = null });
        host.UseRouting();
        host.Run(HttpRoutes.Dispatch);
        ((IEndpointRouteBuilder)host).DataSources.Add(new DefaultEndpointDataSource(HttpRoutes.Of(functions, settings.RoutePrefix, host.Services.GetRequiredService<TimerLoops>().RunByHand,
            function => HttpInvoker.Compile(function, needs.NeedsScope(function.Method.DeclaringType!) ? null : host.Services))));
        host.Lifetime.ApplicationStarted.Register(() => Announce(host));
        return host;
    }

    void AddTriggers(IReadOnlyList<FunctionMethod> functions, HostSettings settings)
    {
        var services = Web.Services;
        if (ServesHub) services.AddSingleton(provider => HubNamespace.Serve(StreamFolder, StreamSettings(provider.GetRequiredService<TimeProvider>())));
        if (ServesHub) services.AddSingleton<Cairn.Storage.IStoreTraces, StreamTraces>();
        var hubs = Web.Configuration[NamespaceSetting]!;
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<TimerLoops>(provider, functions, Path.Combine(dataFolder, "timers")));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<EventHubPumps>(provider, functions, settings.EventHubs, (Func<string, IHub>)(name => HubNamespace.Find(hubs, name))));
        services.AddHostedService(provider => provider.GetRequiredService<EventHubPumps>());
        services.AddHostedService(provider => provider.GetRequiredService<TimerLoops>());
    }

    HubSettings StreamSettings(TimeProvider time)
    {
        var section = Web.Configuration.GetSection("LocalHub");
        var defaults = new HubSettings { Files = Options.StreamFiles, Time = time };
        return defaults with
        {
            PartitionCount = section.GetValue(nameof(HubSettings.PartitionCount), defaults.PartitionCount),
            SegmentBytes = section.GetValue(nameof(HubSettings.SegmentBytes), defaults.SegmentBytes),
            MaxPartitionBytes = section.GetValue(nameof(HubSettings.MaxPartitionBytes), defaults.MaxPartitionBytes),
            MaxAge = section[nameof(HubSettings.MaxAge)] is { Length: > 0 } age ? Cairn.Storage.DurationText.Parse("LocalHub__MaxAge", age) : defaults.MaxAge,
        };
    }

    int Port()
    {
        var text = Web.Configuration["port"] ?? "7071";
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= ushort.MaxValue
            ? port
            : throw new InvalidOperationException($"--port {text} is no port: 0 to {ushort.MaxValue}");
    }

    void AddLogging(HostSettings settings)
    {
        Web.Logging.AddSimpleConsole(console => console.SingleLine = true);
        Web.Logging.SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft", LogLevel.Warning).AddFilter("Azure", LogLevel.Warning);
        // A start that fails ends in one line of StartFailures, or in the exception itself.
        Web.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        foreach (var (category, level) in settings.LogLevels)
            Web.Logging.AddFilter(category.Equals("default", StringComparison.OrdinalIgnoreCase) ? null : category, Enum.Parse<LogLevel>(level, ignoreCase: true));
        Web.Logging.AddConfiguration(Web.Configuration.GetSection("Logging"));
    }

    static void Announce(WebApplication host)
    {
        foreach (var url in host.Urls) Console.WriteLine($"Cairn is listening on {url}");
    }
}
