using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace Cairn.Support;

/// <summary>Runs scripts of tests/Support/node: one JSON value in by standard input, one out by standard output.</summary>
public static class NodeTool
{
    /// <summary>How long one script may run.</summary>
    static readonly TimeSpan RunLimit = TimeSpan.FromMinutes(5);

    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Runs a script and gives what it printed.</summary>
    /// <param name="script">Path below tests/Support/node, such as <c>judges/duckdb.mjs</c>; it ends with <c>answer(…)</c> of judges/answer.mjs.</param>
    /// <param name="input">Serialized with camel-case names.</param>
    /// <exception cref="NodeToolException">The script failed; the message holds what it said.</exception>
    public static async Task<T> AskAsync<T>(string script, object input, CancellationToken cancellationToken = default)
    {
        using var process = Start("node", [NpmFolder.Of(script.Split('/'))], NpmFolder.Path);
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var faults = process.StandardError.ReadToEndAsync(cancellationToken);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(RunLimit);
        try
        {
            await JsonSerializer.SerializeAsync(process.StandardInput.BaseStream, input, Json, limit.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        catch (IOException) when (process.WaitForExit(1000))
        {
            // It died before it read its input; its exit code and words follow.
        }
        if (process.ExitCode != 0) throw new NodeToolException($"{script} ended with {process.ExitCode}: {await faults}{await output}");
        return JsonSerializer.Deserialize<T>(await output, Json) ?? throw new NodeToolException($"{script} answered null");
    }

    /// <summary>Starts a program with its three streams redirected; the caller disposes of the process.</summary>
    /// <exception cref="InvalidOperationException">There is no such program; the message says how to get it.</exception>
    public static Process Start(string program, IEnumerable<string> arguments, string folder)
    {
        var start = new ProcessStartInfo(OperatingSystem.IsWindows() && program == "npm" ? "npm.cmd" : program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception missing)
        {
            throw new InvalidOperationException($"{program} is missing: these tests need Node 20 or newer. On Debian type: sudo apt-get install nodejs npm", missing);
        }
    }
}

/// <summary>A script of tests/Support/node failed.</summary>
public sealed class NodeToolException(string message) : Exception(message);
