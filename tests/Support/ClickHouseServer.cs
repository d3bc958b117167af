using System.Diagnostics;
using System.Net.Http.Json;

namespace Cairn.Support;

/// <summary>ClickHouse in process behind its HTTP interface, on a free port; ended when disposed.</summary>
public sealed class ClickHouseServer : IAsyncDisposable
{
    static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);

    readonly Process process;

    ClickHouseServer(Process process, Uri url) => (this.process, Url) = (process, url);

    public Uri Url { get; }

    public static async Task<ClickHouseServer> StartAsync()
    {
        var process = NodeTool.Start("node", [NpmFolder.Of("judges", "clickhouse-server.mjs")], NpmFolder.Path);
        try
        {
            var port = await process.StandardOutput.ReadLineAsync().WaitAsync(StartLimit);
            return port is null ? throw new NodeToolException(await process.StandardError.ReadToEndAsync()) : new(process, new Uri($"http://127.0.0.1:{port}/"));
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            process.Dispose();
            throw;
        }
    }

    /// <summary>Every statement so far, as a server's query log would show it.</summary>
    public async Task<IReadOnlyList<AskedStatement>> AskedAsync()
    {
        using var http = new HttpClient();
        return (await http.GetFromJsonAsync<List<AskedStatement>>(new Uri(Url, "asked")))!;
    }

    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        if (!process.WaitForExit(TimeSpan.FromSeconds(10))) process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }
}

/// <summary>A statement that came to the server.</summary>
/// <param name="Id">The query's id, as its sender chose it.</param>
/// <param name="Fault">What the server said was wrong with it; empty where nothing was.</param>
public sealed record AskedStatement(string Sql, string Id, string User, string Fault);
