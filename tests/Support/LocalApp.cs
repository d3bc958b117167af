using Cairn.LocalHost.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Cairn.Support;

/// <summary>A running local host on a free port, with a data folder of its own that goes with it.</summary>
public sealed class LocalApp : IAsyncDisposable
{
    readonly IHost host;
    readonly DirectoryInfo? ownFolder;

    LocalApp(IHost host, Uri url, DirectoryInfo? ownFolder)
    {
        this.host = host;
        this.ownFolder = ownFolder;
        Url = url;
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = url };
    }

    /// <summary>Where it listens.</summary>
    public Uri Url { get; }

    /// <summary>Asks it; follows no redirect, keeps no cookie.</summary>
    public HttpClient Http { get; }

    /// <summary>The app's services.</summary>
    public IServiceProvider Services => host.Services;

    /// <summary>Starts one.</summary>
    /// <param name="configure">Names the functions (<c>builder.ConfigureLocalHost</c>, <c>UseFunctionsOf</c>) and adds services.</param>
    /// <param name="dataFolder">A folder that stays, for restarts; null for a fresh one.</param>
    /// <param name="arguments">Further command-line arguments.</param>
    public static async Task<LocalApp> StartAsync(Action<FunctionsApplicationBuilder> configure, string? dataFolder = null, params string[] arguments)
    {
        var ownFolder = dataFolder is null ? Directory.CreateTempSubdirectory("cairn-") : null;
        var builder = FunctionsApplication.CreateBuilder(["--port", "0", "--data", dataFolder ?? ownFolder!.FullName, "--Logging:LogLevel:Default", "Critical", .. arguments]);
        builder.ConfigureFunctionsWebApplication();
        configure(builder);
        var host = builder.Build();
        try
        {
            await host.StartAsync();
        }
        catch
        {
            await DisposeAsync(host);
            ownFolder?.Delete(recursive: true);
            throw;
        }
        var addresses = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        return new LocalApp(host, new Uri(addresses.First()), ownFolder);
    }

    /// <summary>Stops it as SIGTERM does.</summary>
    public Task StopAsync() => host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await host.StopAsync();
        await DisposeAsync(host);
        ownFolder?.Delete(recursive: true);
    }

    static async ValueTask DisposeAsync(IHost host)
    {
        if (host is IAsyncDisposable disposable) await disposable.DisposeAsync();
        else host.Dispose();
    }
}
