using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Cairn.Support;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Cairn.Behaviour.Api;

/// <summary>Over a real connection: who sends too slowly, or breaks the rules of HTTP, hears so in the route's own form, and the connection ends.</summary>
public sealed class Answering_a_body_that_never_comes_whole : IAsyncLifetime
{
    ProjectsApp app = null!;

    // The app's minute becomes two seconds, or the test would wait as long.
    public async Task InitializeAsync() => app = await ProjectsApp.StartAsync(services =>
        services.PostConfigure<KestrelServerOptions>(options => options.Limits.MinRequestBodyDataRate = new MinDataRate(double.MaxValue, TimeSpan.FromSeconds(2))));

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Theory]
    [InlineData("/api/v1/projects", "urn:cairn:too-slow", "urn:cairn:broken-body")]
    [InlineData("/api/v1/query/segmentation?project_id=", "urn:cairn:too-slow", "urn:cairn:broken-body")]
    [InlineData("/api/query/segmentation?project_id=", "\"error\":\"The body took too long to arrive.\"", "\"error\":\"The body is malformed as HTTP")]
    [InlineData("/track", "request took too long to arrive", "request body is broken off or malformed")]
    [InlineData("/import?project_id=", "request took too long to arrive", "request body is broken off or malformed")]
    [InlineData("/2/httpapi", "\"code\":408", "\"code\":400")]
    [InlineData("/identify", "request_timed_out", "invalid_event")]
    [InlineData("/v1/batch", "timed out", "Invalid JSON")]
    [InlineData("/record", "request took too long to arrive", "request body is broken off or malformed")]
    public async Task Says_so_in_the_form_of_the_route(string path, string slow, string broken)
    {
        if (path.EndsWith('=')) path += app.Keys.ProjectId;
        var waits = AskAsync(path, "Content-Length: 100", "{");
        var breaks = await AskAsync(path, "Transfer-Encoding: chunked", "5\r\n{\"a\":\r\nnonsense\r\n");
        Assert.StartsWith("HTTP/1.1 400 ", breaks, StringComparison.Ordinal);
        Assert.Contains(broken, breaks, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 408 ", await waits, StringComparison.Ordinal);
        Assert.Contains(slow, await waits, StringComparison.Ordinal);
    }

    /// <summary>Everything the server says until it ends the connection.</summary>
    async Task<string> AskAsync(string path, string header, string body)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(app.Url.Host, app.Url.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"POST {path} HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer {app.Keys.AdminKey}\r\nContent-Type: application/json\r\n{header}\r\n\r\n{body}")));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30));
    }
}
