using System.Net;
using System.Net.Http.Headers;
using Cairn.Api.Ingest;
using Cairn.Functions;
using Cairn.Ingestion;
using Cairn.LocalHost.Hosting;
using Cairn.Support;
using Cairn.Support.Ingest;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Cairn.Behaviour.Api.Ingest;

/// <summary>The functions' routes over the local host: every captured path finds its handler, with and without a trailing slash.</summary>
public sealed class Routing_amplitude_and_segment : IAsyncLifetime
{
    readonly RecordingDoor door = new();
    LocalApp app = null!;

    public async Task InitializeAsync() => app = await LocalApp.StartAsync(builder =>
    {
        builder.ConfigureLocalHost(local => local.FunctionClasses = [typeof(AmplitudeIngest), typeof(AmplitudeSideRoutes), typeof(SegmentIngest)]);
        builder.Services.AddAmplitudeIngest().AddSegmentIngest();
        builder.Services.AddSingleton<IIngestDoor>(door);
        builder.Services.AddSingleton<IProjectDirectory>(new KnownProjects(AmplitudeServer.ApiKey, SegmentServer.WriteKey, SegmentServer.RudderWriteKey));
    });

    public Task DisposeAsync() => app.DisposeAsync().AsTask();

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    public async Task Every_captured_request_finds_its_way(string ending)
    {
        foreach (var capture in Capture.All("amplitude-").Concat(Capture.All("segment-")).Concat(Capture.All("rudder-")))
        {
            if (capture.Path.StartsWith("/api/", StringComparison.Ordinal)) continue;
            var expected = capture.Path switch
            {
                "/sdk/stream/v1/flags" => 501,
                var path when path.StartsWith("/sdk/v1/cohort/", StringComparison.Ordinal) => 404,
                _ => capture.ExpectedStatus!.Value,
            };

            using var answer = await SendAsync(new(capture.Method), capture.Path + ending + capture.QueryString, capture.Body, capture.Headers);

            Assert.True((int)answer.StatusCode == (capture.Method == "OPTIONS" ? 204 : expected), $"{capture}: {answer.StatusCode}");
            // A path of nobody's is a 404 without a body.
            Assert.True(capture.Method == "OPTIONS" || answer.Content.Headers.ContentLength > 0, $"{capture} has no answer");
        }
        Assert.NotEmpty(door.Items);
    }

    [Theory]
    [InlineData("POST", "/", "client=x&e=[]", 400, "invalid_api_key")]
    [InlineData("POST", "/httpapi", "api_key=ampkey0123456789abcdef0123456789", 400, "missing_event")]
    [InlineData("GET", "/identify?api_key=x&identification={}", "", 400, "invalid_api_key")]
    [InlineData("POST", "/groupidentify", "", 400, "invalid_api_key")]
    [InlineData("POST", "/attribution", "", 400, "invalid_api_key")]
    [InlineData("POST", "/usermap", "", 400, "invalid_api_key")]
    [InlineData("GET", "/config?api_key=x", "", 200, "configs")]
    [InlineData("POST", "/sessions/v2/track?device_id=d", "", 200, "{}")]
    [InlineData("POST", "/v1/vardata", "", 200, "{}")]
    [InlineData("POST", "/sdk/vardata", "", 200, "{}")]
    [InlineData("GET", "/v1/flags", "", 200, "[]")]
    [InlineData("POST", "/v1/track", "{}", 200, "userId")]
    [InlineData("POST", "/v1/nothing", "{}", 404, "")]
    public async Task The_other_paths_are_there(string method, string path, string body, int status, string text)
    {
        using var answer = await SendAsync(new(method), path, System.Text.Encoding.UTF8.GetBytes(body), new Dictionary<string, string>());

        Assert.Equal((HttpStatusCode)status, answer.StatusCode);
        Assert.Contains(text, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_user_in_a_header_is_taken()
    {
        // experiment-js-client puts the whole user in X-Amp-Exp-User, and a team's user may have many properties.
        var headers = new Dictionary<string, string> { ["x-amp-exp-user"] = new string('A', 20_000) };

        using var answer = await SendAsync(HttpMethod.Get, "/sdk/v2/vardata?v=0", [], headers);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, byte[] body, IReadOnlyDictionary<string, string> headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (method != HttpMethod.Get)
        {
            request.Content = new ByteArrayContent(body);
            if (headers.TryGetValue("content-type", out var contentType)) request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
            if (headers.TryGetValue("content-encoding", out var encoding)) request.Content.Headers.ContentEncoding.Add(encoding);
        }
        foreach (var (name, value) in headers)
            if (!name.StartsWith("content-", StringComparison.Ordinal) && name != "host") request.Headers.TryAddWithoutValidation(name, value);
        return await app.Http.SendAsync(request);
    }
}
