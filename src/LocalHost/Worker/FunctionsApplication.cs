using System.Reflection;
using System.Runtime.CompilerServices;
using Cairn.LocalHost.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Builder;

/// <summary>Where an isolated-worker app begins.</summary>
/// <remarks>Source: Microsoft.Azure.Functions.Worker, namespace and members the same.</remarks>
public static class FunctionsApplication
{
    /// <summary>
    /// A builder for the functions of the calling assembly, with settings from environment variables and from
    /// <c>--name value</c> arguments.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static FunctionsApplicationBuilder CreateBuilder(string[] args) => new(args, Assembly.GetCallingAssembly());
}

/// <summary>Services, settings and logging of the app, and the host that runs its functions.</summary>
public sealed class FunctionsApplicationBuilder
{
    readonly LocalHostBuilder local;

    internal FunctionsApplicationBuilder(string[] args, Assembly app) => local = new LocalHostBuilder(args, app);

    /// <summary>The app's settings.</summary>
    public ConfigurationManager Configuration => local.Web.Configuration;

    /// <summary>Name of the environment, from AZURE_FUNCTIONS_ENVIRONMENT; Development where unset, as under Core Tools.</summary>
    public IHostEnvironment Environment => local.Web.Environment;

    /// <summary>Where logs go.</summary>
    public ILoggingBuilder Logging => local.Web.Logging;

    /// <summary>The app's services.</summary>
    public IServiceCollection Services => local.Web.Services;

    /// <summary>The host; once.</summary>
    /// <exception cref="InvalidOperationException">A function breaks a rule of the official build; the message says which.</exception>
    public IHost Build() => local.Build();

    internal LocalHostOptions Local => local.Options;
}

/// <summary>The ASP.NET Core integration of HTTP triggers.</summary>
/// <remarks>Source: Microsoft.Azure.Functions.Worker.Extensions.Http.AspNetCore.</remarks>
public static class FunctionsApplicationBuilderAspNetCoreExtensions
{
    /// <summary>Lets HTTP functions take <c>HttpRequest</c> and return <c>IResult</c>.</summary>
    public static FunctionsApplicationBuilder ConfigureFunctionsWebApplication(this FunctionsApplicationBuilder builder)
    {
        builder.Local.HasWebApplication = true;
        return builder;
    }
}
