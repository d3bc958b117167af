using System.Reflection;
using Cairn.Shims.StreamLog;
using Microsoft.Azure.Functions.Worker.Builder;

namespace Cairn.LocalHost.Hosting;

/// <summary>What only the local host can be told; tests do, the app itself never does.</summary>
public sealed class LocalHostOptions
{
    /// <summary>The classes that hold the functions; null for all of the app's assembly.</summary>
    public IReadOnlyList<Type>? FunctionClasses { get; set; }

    /// <summary>host.json's text; null for the file beside the app.</summary>
    public string? HostJson { get; set; }

    /// <summary>The stream's file operations.</summary>
    public FileLayer StreamFiles { get; set; } = FileLayer.Real;

    internal bool HasWebApplication { get; set; }
}

/// <summary>Tells the local host what a test needs.</summary>
public static class LocalHostOptionsExtensions
{
    /// <summary>Changes the local host's options.</summary>
    public static FunctionsApplicationBuilder ConfigureLocalHost(this FunctionsApplicationBuilder builder, Action<LocalHostOptions> configure)
    {
        configure(builder.Local);
        return builder;
    }

    /// <summary>Hosts the functions of <paramref name="app"/>, not those of the assembly that made the builder.</summary>
    public static FunctionsApplicationBuilder UseFunctionsOf(this FunctionsApplicationBuilder builder, Assembly app) =>
        builder.ConfigureLocalHost(options => options.FunctionClasses = app.GetTypes());
}
