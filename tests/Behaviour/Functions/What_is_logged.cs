using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;
using Cairn.Cloud;
using Cairn.Functions;
using Cairn.Ingestion;
using Cairn.LocalHost.Hosting;
using Cairn.Projects.Keys;
using Cairn.Storage;
using Cairn.Support;
using Cairn.Support.Stores;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Cairn.Behaviour.Functions;

/// <summary>A marked value is sent wherever a value may stand, well and badly, while stores work and while they fail; it is in nothing that is logged.</summary>
public sealed class What_is_logged : IDisposable
{
    /// <summary>No word of ours, and the same in a URL, in JSON and in base64's alphabet.</summary>
    const string Mark = "Zq7mark4jX";

    readonly TemporaryFolder folder = new();
    readonly Lines lines = new();
    FaultyBlobStore blobs = null!;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Holds_no_value_that_anybody_sent()
    {
        await using var app = await StartAsync();
        var keys = MachineKeys.Read(folder["data/keys.json"])!;

        await SendAllAsync(app, keys);
        // The stores fail for a while: faults are logged, with what they know.
        blobs.Decide = (_, name) => name.StartsWith("leases/", StringComparison.Ordinal) ? BlobFault.None : BlobFault.FailBefore;
        await SendAllAsync(app, keys);
        await RunJobsAsync(app);
        await Eventually.AsyncUntil(count => count > 0, () => Task.FromResult(lines.All.Count(line => line.Contains("Consume", StringComparison.Ordinal) && line.Contains("Injected", StringComparison.Ordinal))));
        blobs.Decide = (_, _) => BlobFault.None;
        await app.Services.GetRequiredService<IEventStream>().SendAsync(0, [Encoding.UTF8.GetBytes(Mark)], default);
        await app.Services.GetRequiredService<IBlobStore>().PutAsync($"recent/{keys.ProjectId}/events/other/0/00000000000000000000-00000000000000000000.parquet", Encoding.UTF8.GetBytes(Mark), PutCondition.None, default);
        await SendAllAsync(app, keys);
        await Eventually.AsyncUntil(
            done => done,
            async () =>
            {
                await RunJobsAsync(app);
                return lines.All.Any(line => line.Contains("rows appended", StringComparison.Ordinal));
            },
            TimeSpan.FromSeconds(60));

        // What was looked through is what an operator would read.
        Assert.Contains(lines.All, line => line.Contains("rows appended", StringComparison.Ordinal));
        Assert.Contains(lines.All, line => line.Contains("Consume failed", StringComparison.Ordinal) && line.Contains("StorageUnavailableException", StringComparison.Ordinal));
        Assert.DoesNotContain(lines.All, line => line.Contains(Mark, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(lines.All, line => line.Contains(Convert.ToBase64String(Encoding.UTF8.GetBytes(Mark)).TrimEnd('='), StringComparison.Ordinal));
        foreach (var secret in new[] { keys.ApiSecret, keys.ServiceAccount.Secret, keys.AdminKey }) Assert.DoesNotContain(lines.All, line => line.Contains(secret, StringComparison.Ordinal));
    }

    async Task<LocalApp> StartAsync() => await LocalApp.StartAsync(
        builder =>
        {
            builder.UseFunctionsOf(typeof(ProjectFunctions).Assembly);
            builder.Services.AddCloud(builder.Configuration).AddCairn();
            var store = builder.Services.Last(service => service.ServiceType == typeof(IBlobStore));
            builder.Services.AddSingleton<IBlobStore>(provider => blobs = new(
                (IBlobStore)(store.ImplementationInstance ?? store.ImplementationFactory?.Invoke(provider) ?? ActivatorUtilities.CreateInstance(provider, store.ImplementationType!))));
            builder.Services.AddSingleton<ILoggerProvider>(lines);
        },
        folder["data"],
        // As host.json has it, and everything of ours.
        "--Logging:LogLevel:Default", "Trace", "--Logging:LogLevel:Microsoft", "Warning", "--Logging:LogLevel:Azure", "Warning", "--Compaction:AppendAfter", "00:00:00");

    static async Task RunJobsAsync(LocalApp app)
    {
        foreach (var job in ListedFunction.InAssembly.Where(function => function.Trigger == "clock"))
        {
            using var begun = await app.Http.PostAsync(new Uri($"/admin/functions/{job.Name}", UriKind.Relative), new StringContent("{}", Encoding.UTF8, "application/json"));
        }
        await Task.Delay(300);
    }

    /// <summary>Every route with the mark in its address, a header and its body, as a stranger, with the project's keys and with the deployment's; then what is valid, and what is broken.</summary>
    static async Task SendAllAsync(LocalApp app, MachineKeys keys)
    {
        string[] credentials = ["", ProjectsApp.Basic(keys.ApiSecret, ""), ProjectsApp.Basic(keys.ApiKey, keys.ApiSecret), ProjectsApp.Basic(Mark, Mark), $"Bearer {Mark}", $"Bearer {keys.AdminKey}"];
        foreach (var function in ListedFunction.Golden.Where(function => function.Call.Length > 0 && function.Name != "FillDemo"))
        {
            var (method, path) = (function.Call.Split(' ')[0], function.Call.Split(' ')[1]);
            path = path.Replace("{projectId}", keys.ProjectId, StringComparison.Ordinal);
            if (path.Contains('{', StringComparison.Ordinal)) continue;
            foreach (var authorization in credentials)
                await SendAsync(app, method, $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}x={Mark}&project_id={keys.ProjectId}&where={Mark}", $$"""{"event": "{{Mark}}", "properties": {"{{Mark}}": "{{Mark}}"} }""", authorization);
        }
        var nowMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        (string Path, string Body)[] valid =
        [
            ("/track", $$$"""[{"event":"{{{Mark}}}","properties":{"token":"{{{keys.Token}}}","distinct_id":"{{{Mark}}}","{{{Mark}}}":"{{{Mark}}}","list":["{{{Mark}}}"]}}]"""),
            ("/engage", $$$"""[{"$token":"{{{keys.Token}}}","$distinct_id":"{{{Mark}}}","$set":{"$email":"{{{Mark}}}@example.com"}}]"""),
            ("/groups", $$$"""[{"$token":"{{{keys.Token}}}","$group_key":"company","$group_id":"{{{Mark}}}","$set":{"name":"{{{Mark}}}"}}]"""),
            ("/2/httpapi", $$$"""{"api_key":"{{{keys.ApiKey}}}","events":[{"event_type":"{{{Mark}}}","user_id":"{{{Mark}}}","device_id":"{{{Mark}}}","event_properties":{"a":"{{{Mark}}}"},"user_properties":{"b":"{{{Mark}}}"},"time":{{{nowMs}}}}]}"""),
            ("/v1/batch", $$$"""{"writeKey":"{{{keys.WriteKey}}}","batch":[{"type":"track","event":"{{{Mark}}}","userId":"{{{Mark}}}","properties":{"a":"{{{Mark}}}"}},{"type":"identify","userId":"{{{Mark}}}","traits":{"email":"{{{Mark}}}"}}]}"""),
        ];
        foreach (var (path, body) in valid)
        {
            await SendAsync(app, "POST", path, body);
            await SendAsync(app, "POST", path, body[..^3]);
            await SendAsync(app, "POST", path, body.Replace(Mark, Mark + "\\ud83d", StringComparison.Ordinal));
        }
        await SendAsync(app, "POST", "/track", $$$"""[{"event":"{{{Mark}}}","properties":{"token":"{{{Mark}}}"}},{"event":{"a":"{{{Mark}}}"}},"{{{Mark}}}"]""");
        await SendAsync(app, "GET", $"/track?data={Convert.ToBase64String(Encoding.UTF8.GetBytes(valid[0].Body))}", null);
        await SendAsync(app, "POST", "/2/httpapi", valid[3].Body, gzipBroken: true);
        var today = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        var v1 = ProjectsApp.Basic(keys.ServiceAccount.Username, keys.ServiceAccount.Secret);
        await SendAsync(app, "GET", $"/api/query/segmentation?event={Mark}&from_date={today}&to_date={today}&where=properties%5B%22a%22%5D%3D%3D%22{Mark}%22", null, credentials[1]);
        await SendAsync(app, "GET", $"/api/query/segmentation?event={Mark}&from_date={today}&to_date={today}&where=({Mark}", null, credentials[1]);
        foreach (var report in new[] { "segmentation", "funnels", "retention", "cohorts", "flows", "sessions" })
        {
            await SendAsync(app, "POST", $"/api/v1/query/{report}", $$"""{"range":{"from":"{{today}}","to":"{{today}}"},"events":["{{Mark}}"],"steps":["{{Mark}}","{{Mark}}"],"anchors":["{{Mark}}"],"filter":"properties[\"a\"] == \"{{Mark}}\""}""", v1);
            await SendAsync(app, "POST", $"/api/v1/query/{report}", $$"""{"range":"{{Mark}}","{{Mark}}":1}""", v1);
        }
        await SendAsync(app, "GET", $"/api/v1/activity/{Mark}", null, v1);
        await SendAsync(app, "GET", $"/api/v1/profiles/{Mark}", null, v1);
        await SendAsync(app, "GET", $"/{Mark}/nowhere?{Mark}={Mark}", null);
    }

    static async Task SendAsync(LocalApp app, string method, string path, string? body, string authorization = "", bool gzipBroken = false)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        if (authorization.Length > 0) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        request.Headers.TryAddWithoutValidation("X-Request-Id", Mark);
        request.Headers.TryAddWithoutValidation("User-Agent", Mark);
        if (body is not null && method is not ("GET" or "HEAD"))
        {
            var bytes = gzipBroken ? Gzip(body)[..^6] : Encoding.UTF8.GetBytes(body);
            request.Content = new ByteArrayContent(bytes);
            request.Content.Headers.ContentType = new("application/json");
            if (gzipBroken) request.Content.Headers.ContentEncoding.Add("gzip");
        }
        using var answer = await app.Http.SendAsync(request);
    }

    static byte[] Gzip(string text)
    {
        using var file = new MemoryStream();
        using (var gzip = new GZipStream(file, CompressionLevel.Fastest)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return file.ToArray();
    }

    /// <summary>Every line of every category, with exceptions and structured values.</summary>
    sealed class Lines : ILoggerProvider
    {
        readonly ConcurrentQueue<string> all = [];

        public IReadOnlyCollection<string> All => all;

        public ILogger CreateLogger(string categoryName) => new Logger(categoryName, all);

        public void Dispose() { }

        sealed class Logger(string category, ConcurrentQueue<string> all) : ILogger
        {
            /// <summary>The framework's scope of a request has its path. Neither the console nor Telemetry.cs writes scopes.</summary>
            public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                var values = state is IEnumerable<KeyValuePair<string, object?>> pairs ? string.Join(' ', pairs) : "";
                all.Enqueue($"{category} {logLevel} {eventId} {formatter(state, exception)} {values} {exception}");
            }
        }
    }
}
