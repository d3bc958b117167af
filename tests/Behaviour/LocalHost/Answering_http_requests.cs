using System.Net;
using System.Net.Sockets;
using System.Text;
using Cairn.LocalHost.Hosting;
using Cairn.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Cairn.Behaviour.LocalHost;

/// <summary>The local host routes, binds and answers as the Functions host with its ASP.NET Core integration does.</summary>
public sealed class Answering_http_requests : IAsyncLifetime
{
    LocalApp app = null!;

    public async Task InitializeAsync() => app = await LocalApp.StartAsync(builder =>
    {
        builder.ConfigureLocalHost(local => local.FunctionClasses = [typeof(Echo), typeof(Counting)]);
        builder.Services.AddScoped<Visit>();
    });

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Theory]
    [InlineData("GET", "/items/7", 200, "item 7")]
    [InlineData("GET", "/ITEMS/7", 200, "item 7")] // case doesn't matter
    [InlineData("GET", "/items/7/", 200, "item 7")] // nor a trailing slash
    [InlineData("GET", "/items/a%20b", 200, "item a b")]
    [InlineData("GET", "/items/literal", 200, "literal")] // a literal outranks a parameter
    [InlineData("GET", "/files/a/b.js", 200, "file a/b.js")]
    [InlineData("GET", "/files", 200, "file ")]
    [InlineData("GET", "/Named", 200, "by name")] // no route: the function's name
    [InlineData("GET", "/soon", 200, "soon")]
    [InlineData("POST", "/items/7", 404, "")] // a wrong method is no route, not a 405
    [InlineData("HEAD", "/items/7", 404, "")]
    [InlineData("PATCH", "/any", 200, "PATCH")] // no methods: all of them
    [InlineData("GET", "/nothing", 404, "")]
    [InlineData("GET", "/admin/host/status", 404, "")] // the host's own
    [InlineData("GET", "/runtime/webhooks", 404, "")]
    [InlineData("GET", "/fails", 500, "")] // a fault tells the caller nothing
    public async Task Goes_to_the_function_whose_route_fits(string method, string path, int status, string body)
    {
        using var answer = await app.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        Assert.Equal((HttpStatusCode)status, answer.StatusCode);
        Assert.Equal(body, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Makes_the_class_anew_in_a_scope_of_its_own()
    {
        Assert.Equal("1 1", await app.Http.GetStringAsync("/visit"));
        Assert.Equal("1 1", await app.Http.GetStringAsync("/visit"));
    }

    [Fact]
    public async Task Takes_a_request_line_of_just_under_64_KB()
    {
        var query = new string('x', 64 * 1024 - 200);
        Assert.Equal(query.Length.ToString(), await app.Http.GetStringAsync($"/length?data={query}"));
    }

    [Fact]
    public async Task Leaves_the_limit_of_a_body_to_the_function()
    {
        using var answer = await app.Http.PostAsync("/size", new ByteArrayContent(new byte[40_000_000]));
        Assert.Equal("40000000", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Lets_a_request_under_way_end_when_it_is_told_to_stop()
    {
        Echo.Held = new TaskCompletionSource();
        Echo.Entered = new TaskCompletionSource();
        var answer = app.Http.GetStringAsync("/held");
        await Echo.Entered.Task;
        var stopped = app.StopAsync();
        Assert.False(stopped.IsCompleted);
        Echo.Held.SetResult();
        Assert.Equal("held", await answer);
        await stopped;
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => app.Http.GetStringAsync("/soon"));
    }

    [Fact]
    public async Task Hears_both_the_host_and_the_scheme_that_a_proxy_on_this_machine_forwards()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/seen");
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("X-Forwarded-Host", "events.example.com");
        request.Headers.Add("X-Forwarded-For", "203.0.113.9");
        using var answer = await app.Http.SendAsync(request);
        Assert.Equal("https events.example.com 203.0.113.9", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Reads_a_pipelined_pair_on_one_connection()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, app.Url.Port);
        const string get = "GET /soon HTTP/1.1\r\nHost: h\r\n\r\n";
        await socket.SendAsync(Encoding.ASCII.GetBytes(get + get.Replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n", StringComparison.Ordinal)));
        using var reader = new StreamReader(new NetworkStream(socket));
        Assert.Equal(2, (await reader.ReadToEndAsync()).Split("200 OK").Length - 1);
    }

    public static class Echo
    {
        public static TaskCompletionSource Held { get; set; } = new();

        public static TaskCompletionSource Entered { get; set; } = new();

        [Function("Item")]
        public static IResult Item([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "items/{id}")] HttpRequest request, string id) =>
            Results.Text($"item {id}");

        [Function("Literal")]
        public static IResult Literal([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "items/literal")] HttpRequest request) =>
            Results.Text("literal");

        [Function("Files")]
        public static IResult Files([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "files/{*path}")] HttpRequest request, string? path) =>
            Results.Text($"file {path}");

        [Function("Named")]
        public static IResult Named([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request) => Results.Text("by name");

        [Function("Soon")]
        public static async Task<IResult> Soon([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "soon")] HttpRequest request, CancellationToken ended)
        {
            await Task.Delay(1, ended);
            return Results.Text("soon");
        }

        [Function("Held")]
        public static async Task<IResult> HeldOpen([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "held")] HttpRequest request)
        {
            Entered.SetResult();
            await Held.Task;
            return Results.Text("held");
        }

        [Function("Any")]
        public static IResult Any([HttpTrigger(AuthorizationLevel.Anonymous, Route = "any")] HttpRequest request) => Results.Text(request.Method);

        [Function("Fails")]
        public static IResult Fails([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "fails")] HttpRequest request) =>
            throw new InvalidOperationException("a secret");

        [Function("Length")]
        public static IResult Length([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "length")] HttpRequest request) =>
            Results.Text(request.Query["data"].ToString().Length.ToString());

        [Function("Size")]
        public static async Task<IResult> Size([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "size")] HttpRequest request, CancellationToken ended)
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body, ended);
            return Results.Text(body.Length.ToString());
        }

        [Function("Seen")]
        public static IResult Seen([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "seen")] HttpRequest request, FunctionContext context) =>
            Results.Text($"{request.Scheme} {request.Host} {request.HttpContext.Connection.RemoteIpAddress}");
    }

    public sealed class Visit
    {
        public int Count { get; set; }
    }

    public sealed class Counting(Visit visit)
    {
        int calls;

        [Function("Visit")]
        public IResult Count([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "visit")] HttpRequest request) =>
            Results.Text($"{++calls} {++visit.Count}");
    }
}
