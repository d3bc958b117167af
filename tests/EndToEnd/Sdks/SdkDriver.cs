using System.Diagnostics;
using System.Text.Json;
using Cairn.Support;

namespace Cairn.EndToEnd.Sdks;

/// <summary>Runs one of the scripts in <c>drivers/</c>, which use a published SDK as its customers do, and reads what it reported.</summary>
static class SdkDriver
{
    /// <summary>How long one SDK may take, browser start included.</summary>
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    /// <param name="settings">Environment variables beside those that every driver gets.</param>
    public static async Task<JsonElement> RunAsync(string script, RunningCairn cairn, string token, params (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo("node")
        {
            ArgumentList = { RepositoryFolder.Of("tests", "EndToEnd", "Sdks", "drivers", script) },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["CAIRN_URL"] = cairn.Url.ToString();
        start.Environment["CAIRN_TOKEN"] = token;
        start.Environment["CAIRN_API_KEY"] = cairn.Keys.ApiKey;
        start.Environment["CAIRN_NODE_TOOLS"] = NpmFolder.Path;
        foreach (var (name, value) in settings) start.Environment[name] = value;
        if (!start.Environment.ContainsKey("CHROMIUM")) start.Environment["CHROMIUM"] = Chromium.Path;
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            var line = (await output).Trim();
            return process.ExitCode == 0 && line.StartsWith('{')
                ? JsonDocument.Parse(line).RootElement
                : throw new InvalidOperationException($"{script} ended with {process.ExitCode}:\n{line}\n{await errors}");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{script} did not end within {Limit}");
        }
    }
}
