using System.Text.Json;

namespace Cairn.LocalHost.Hosting;

/// <summary>The settings of local.settings.json, which lies beside host.json and never leaves a machine: what app settings are on Azure.</summary>
/// <remarks>Source: Microsoft Learn, "Code and test Azure Functions locally", "Local settings file".</remarks>
static class LocalSettings
{
    /// <summary>Its name, as the Functions tools know it.</summary>
    public const string FileName = "local.settings.json";

    /// <summary>The pairs of its <c>Values</c>, with <c>:</c> for <c>__</c>; none where there is no such file.</summary>
    /// <exception cref="InvalidDataException">A value is no text.</exception>
    public static IReadOnlyDictionary<string, string?> Read(string path)
    {
        if (!File.Exists(path)) return new Dictionary<string, string?>();
        using var document = JsonDocument.Parse(File.ReadAllText(path));
        return document.RootElement.GetProperty("Values").EnumerateObject().ToDictionary(
            pair => pair.Name.Replace("__", ":", StringComparison.Ordinal),
            pair => pair.Value.ValueKind == JsonValueKind.String
                ? pair.Value.GetString()
                : throw new InvalidDataException($"{FileName}: the value of {pair.Name} is {pair.Value.ValueKind}, a text is expected"));
    }
}
