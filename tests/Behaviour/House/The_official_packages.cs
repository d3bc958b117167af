using System.Diagnostics;
using System.Text.Json;
using System.Xml.Linq;
using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.House;

/// <summary>
/// With AzurePackages=nuget the same projects ask for Microsoft's packages and know nothing of ours; publishing means that by default.
/// </summary>
public sealed class The_official_packages
{
    static readonly string[] WorkerPackages =
    [
        "Azure.Monitor.OpenTelemetry.Exporter",
        "Microsoft.Azure.Functions.Worker",
        "Microsoft.Azure.Functions.Worker.Extensions.EventHubs",
        "Microsoft.Azure.Functions.Worker.Extensions.Http.AspNetCore",
        "Microsoft.Azure.Functions.Worker.Extensions.Timer",
        "Microsoft.Azure.Functions.Worker.OpenTelemetry",
        "Microsoft.Azure.Functions.Worker.Sdk",
    ];

    static readonly string[] ClientPackages = ["Azure.Data.Tables", "Azure.Messaging.EventHubs", "Azure.Storage.Blobs"];

    [Fact]
    public async Task Stand_in_for_the_local_host_under_the_functions()
    {
        var (packages, projects) = await EvaluateAsync("Functions", "-p:AzurePackages=nuget");
        Assert.Equal(WorkerPackages, packages);
        Assert.Equal(["Api", "Cloud"], projects);
    }

    [Fact]
    public async Task Stand_in_for_the_shims_under_the_cloud()
    {
        var (packages, projects) = await EvaluateAsync("Cloud", "-p:AzurePackages=nuget");
        Assert.Equal([.. ClientPackages.Append("Azure.Identity").Order(StringComparer.Ordinal)], packages);
        Assert.Equal(["Ingestion"], projects);
    }

    [Fact]
    public async Task Are_what_a_publish_takes_where_nothing_is_said()
    {
        var (packages, _) = await EvaluateAsync("Functions", "-p:_IsPublishing=true");
        Assert.Equal(WorkerPackages, packages);
    }

    [Fact]
    public async Task Are_not_asked_for_by_a_build()
    {
        var (packages, projects) = await EvaluateAsync("Functions");
        Assert.Empty(packages);
        Assert.Equal(["Api", "Cloud", "LocalHost"], projects);
    }

    [Fact]
    public async Task Have_no_imitation_in_a_publish()
    {
        var (exitCode, output) = await RunAsync("Functions", "-t:ResolveReferences;ComputeResolvedFilesToPublishList", "-p:BuildProjectReferences=false", "-p:AzurePackages=local", $"-p:Configuration={Configuration}");
        Assert.NotEqual(0, exitCode);
        Assert.Contains("This publish carries Cairn.Shims.dll, Cairn.LocalHost.dll, Cairn.Disk.dll", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Are_pinned_in_the_one_place_for_versions()
    {
        var pinned = XDocument.Load(RepositoryFolder.Of("Directory.Packages.props")).Descendants("PackageVersion")
            .ToDictionary(version => version.Attribute("Include")!.Value, version => version.Attribute("Version")!.Value);
        Assert.All(WorkerPackages.Concat(ClientPackages), package => Assert.Matches(@"^\d+\.\d+\.\d+$", pinned[package]));
    }

    /// <summary>What the tests were built as, for then it is built.</summary>
    static string Configuration => Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)).StartsWith("release", StringComparison.OrdinalIgnoreCase) ? "Release" : "Debug";

    static async Task<(IReadOnlyList<string> Packages, IReadOnlyList<string> Projects)> EvaluateAsync(string project, params string[] properties)
    {
        var (exitCode, output) = await RunAsync(project, ["-getItem:PackageReference", "-getItem:ProjectReference", .. properties]);
        Assert.True(exitCode == 0, output);
        using var evaluated = JsonDocument.Parse(output);
        var items = evaluated.RootElement.GetProperty("Items");
        return (
            Names("PackageReference", item => item.GetProperty("Identity").GetString()!).Where(name => name.Contains("Azure", StringComparison.Ordinal)).ToList(),
            Names("ProjectReference", item => item.GetProperty("Filename").GetString()!));

        IReadOnlyList<string> Names(string kind, Func<JsonElement, string> name) => [.. items.GetProperty(kind).EnumerateArray().Select(name).Order(StringComparer.Ordinal)];
    }

    static async Task<(int ExitCode, string Output)> RunAsync(string project, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["msbuild", RepositoryFolder.Of("src", project, $"{project}.csproj"), "-nologo", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // What the test's own build was told must not decide here.
        start.Environment.Remove("AzurePackages");
        using var process = Process.Start(start)!;
        var faults = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await faults);
    }
}
