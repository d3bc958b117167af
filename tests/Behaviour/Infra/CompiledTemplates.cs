using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using Cairn.Support;

namespace Cairn.Behaviour.Infra;

/// <summary>infra/main.bicep as Microsoft's compiler makes it into a template; compiled once for all tests.</summary>
static class CompiledTemplates
{
    static readonly Lazy<(JsonDocument Main, string Complaints)> Compiled = new(Compile);

    /// <summary>The template of the subscription.</summary>
    public static JsonElement Main => Compiled.Value.Main.RootElement;

    /// <summary>Everything the compiler and its linter said.</summary>
    public static string Complaints => Compiled.Value.Complaints;

    /// <summary>The templates of all modules, each as often as it is deployed.</summary>
    public static IReadOnlyList<JsonElement> Modules =>
        [.. ResourcesOf(Main).Where(resource => TypeOf(resource) == "Microsoft.Resources/deployments").Select(resource => resource.GetProperty("properties").GetProperty("template"))];

    /// <summary>Every resource that the modules declare; existing ones are only looked at.</summary>
    public static IEnumerable<JsonElement> Resources =>
        Modules.SelectMany(ResourcesOf).Where(resource => !(resource.TryGetProperty("existing", out var existing) && existing.GetBoolean()));

    public static string TypeOf(JsonElement resource) => resource.GetProperty("type").GetString()!;

    /// <summary>The compiler writes a list, or names each where it needs to.</summary>
    static IEnumerable<JsonElement> ResourcesOf(JsonElement template)
    {
        var resources = template.GetProperty("resources");
        return resources.ValueKind == JsonValueKind.Array ? resources.EnumerateArray() : resources.EnumerateObject().Select(named => named.Value);
    }

    static (JsonDocument, string) Compile()
    {
        var bicep = typeof(CompiledTemplates).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(one => one.Key == "Bicep").Value!;
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(bicep, File.GetUnixFileMode(bicep) | UnixFileMode.UserExecute);
        var start = new ProcessStartInfo(bicep, ["build", RepositoryFolder.Of("infra", "main.bicep"), "--stdout"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{bicep} did not start");
        var complaints = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"infra/main.bicep does not compile:\n{complaints.Result}");
        return (JsonDocument.Parse(output), complaints.Result);
    }
}
