using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Cairn.Support;

namespace Cairn.Benchmarks;

/// <summary>Small requests against the running server, pressed by wrk on the same machine.</summary>
sealed class TrackOverHttp : IBenchmark
{
    public string Name => "track";

    public string Says => "/track over HTTP, one event a request, wrk beside it (apt-get install wrk); [seconds=10] [connections=64]";

    public async Task RunAsync(IReadOnlyList<string> arguments, TextWriter report)
    {
        var seconds = arguments.Count > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 10;
        var connections = arguments.Count > 1 ? arguments[1] : "64";
        await using var cairn = await RunningCairn.StartAsync();
        report.WriteLine(string.Create(CultureInfo.InvariantCulture, $"built binary to first answer: {cairn.StartTook.TotalSeconds:F2} s"));
        var script = Path.Combine(cairn.DataFolder, "track.lua");
        await File.WriteAllTextAsync(script, $$$"""
            local n = 0
            local seed = math.random(1000000000)
            wrk.method = "POST"
            wrk.headers["Content-Type"] = "application/json"
            request = function()
              n = n + 1
              return wrk.format(nil, "/track", nil, '[{"event":"Page View","properties":{"token":"{{{cairn.Keys.Token}}}","distinct_id":"u' .. (n % 5000) .. '","$insert_id":"i' .. seed .. '-' .. n .. '","plan":"free","country":"US","page":"/p/' .. (n % 100) .. '"}}]')
            end
            """);
        await PressAsync(cairn, script, Math.Min(10, seconds), connections); // until the hot methods are compiled for good
        for (var round = 1; round <= 3; round++)
        {
            var before = cairn.ProcessorTime;
            var text = await PressAsync(cairn, script, seconds, connections);
            var took = (cairn.ProcessorTime - before).TotalMicroseconds;
            string After(string label) => text.Split('\n').Select(line => line.Trim()).First(line => line.StartsWith(label, StringComparison.Ordinal))[label.Length..].Trim();
            var refused = text.Contains("Non-2xx", StringComparison.Ordinal) ? "; " + After("Non-2xx or 3xx responses:") + " refused" : "";
            // "300123 requests in 10.00s, 29.19MB read"
            var requests = int.Parse(text.Split('\n').First(line => line.Contains(" requests in ", StringComparison.Ordinal)).Trim().Split(' ')[0], CultureInfo.InvariantCulture);
            report.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"round {round}: {After("Requests/sec:")} requests/s, p50 {After("50%")}, p99 {After("99%")}, server {took / requests:F1} us of processor time a request{refused}"));
        }
    }

    static async Task<string> PressAsync(RunningCairn cairn, string script, int seconds, string connections)
    {
        using var wrk = StartWrk(["-t1", $"-c{connections}", $"-d{seconds}s", "--latency", "-s", script, cairn.Url.ToString()]);
        var faults = wrk.StandardError.ReadToEndAsync();
        var text = await wrk.StandardOutput.ReadToEndAsync();
        await wrk.WaitForExitAsync();
        return wrk.ExitCode == 0 ? text : throw new InvalidOperationException($"wrk ended with {wrk.ExitCode}: {await faults}{text}");
    }

    static Process StartWrk(IEnumerable<string> arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo("wrk", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        }
        catch (Win32Exception missing)
        {
            throw new InvalidOperationException("wrk is missing. On Debian type: sudo apt-get install wrk", missing);
        }
    }
}
