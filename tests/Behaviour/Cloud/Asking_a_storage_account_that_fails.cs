using System.Net;
using Azure.Core.Pipeline;
using Cairn.Behaviour.Functions;
using Cairn.Cloud;
using Cairn.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Cairn.Behaviour.Cloud;

/// <summary>
/// What may be done twice is tried again; what may not (a conditional write) is sent once, for its second try would meet the first and call it
/// somebody else's.
/// </summary>
public sealed class Asking_a_storage_account_that_fails : IDisposable
{
    const string Key = "c2VjcmV0";

    readonly Script script = new();
    readonly ServiceProvider services;

    public Asking_a_storage_account_that_fails()
    {
        var settings = new Dictionary<string, string?>
        {
            ["EventHubs:fullyQualifiedNamespace"] = "unused",
            ["Storage"] = $"AccountName=one;AccountKey={Key};EndpointSuffix=example.com",
        };
        var collection = new ServiceCollection().AddSingleton<HttpPipelineTransport>(new HttpClientTransport(script));
        services = collection.AddCloud(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()).BuildServiceProvider();
    }

    IBlobStore Blobs => services.GetRequiredService<IBlobStore>();

    ITableStore Tables => services.GetRequiredService<ITableStore>();

    public void Dispose() => services.Dispose();

    [Fact]
    public async Task A_conditional_put_that_got_an_error_is_unknown_and_not_lost()
    {
        script.Answer("PUT /cairn/log/1", 500);
        await Assert.ThrowsAsync<StorageUnavailableException>(() => Blobs.PutAsync("log/1", new byte[1], PutCondition.IfAbsent, default));
        Assert.Equal(1, script.Count("PUT /cairn/log/1"));
        script.Answer("PUT /cairn/log/1", null); // no answer at all
        await Assert.ThrowsAsync<StorageUnavailableException>(() => Blobs.PutAsync("log/1", new byte[1], PutCondition.IfVersion("\"1\""), default));
        Assert.Equal(2, script.Count("PUT /cairn/log/1"));
    }

    [Fact]
    public async Task An_unconditional_put_is_tried_again()
    {
        script.Answer("PUT /cairn/state", 503, 201);
        Assert.Equal("\"7\"", await Blobs.PutAsync("state", new byte[1], PutCondition.None, default));
        Assert.Equal(2, script.Count("PUT /cairn/state"));
    }

    [Fact]
    public async Task A_conditional_transaction_that_got_an_error_is_unknown_and_not_lost()
    {
        script.Answer("POST /$batch", 500);
        var insert = new TableChange("r", TableAction.Insert, new Dictionary<string, object> { ["n"] = 1 });
        await Assert.ThrowsAsync<StorageUnavailableException>(() => Tables.SubmitAsync("people", "p", [insert], default));
        Assert.Equal(1, script.Count("POST /$batch"));
    }

    [Fact]
    public async Task A_refusal_says_the_services_own_reason()
    {
        script.Answer("GET /cairn/x", 403);
        var refused = await Assert.ThrowsAsync<StorageUnavailableException>(() => Blobs.ReadAsync("x", default));
        Assert.Contains("AuthorizationFailure", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_gives_up_hears_that_he_did()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Blobs.ReadAsync("x", new CancellationToken(canceled: true)));
    }

    [Theory]
    [InlineData("Storage__blobServiceUri", "tableServiceUri")]
    [InlineData("Storage__tableServiceUri", "blobServiceUri")]
    public void A_missing_setting_stops_the_start_with_its_name(string missing, string given)
    {
        var settings = new Dictionary<string, string?> { ["EventHubs:fullyQualifiedNamespace"] = "unused", [$"Storage:{given}"] = "https://one.example.com" };
        var refused = Assert.Throws<InvalidOperationException>(() => new ServiceCollection().AddCloud(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()));
        Assert.Contains(missing, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_request_is_measured_by_what_it_is_billed_as_and_tries_again_too()
    {
        using var measured = new Measurements();
        script.Answer("PUT /cairn/metered", 503, 201);
        await Blobs.PutAsync("metered", new byte[1], PutCondition.None, default);
        script.Answer("POST /$batch", 500);
        await Assert.ThrowsAsync<StorageUnavailableException>(() => Tables.SubmitAsync("people", "p", [new TableChange("r", TableAction.Insert, new Dictionary<string, object>())], default));
        var counted = measured.Seen.Where(one => one.Name == "cairn.storage.requests").Select(one => one.Tags).ToList();
        // Other tests of this process may count as well.
        Assert.InRange(counted.Count(tags => tags == "service=blob kind=write"), 2, int.MaxValue);
        Assert.Contains("service=table kind=batch", counted);
    }

    /// <summary>Answers as told: the given statuses in turn, the last one for ever; everything else is well.</summary>
    sealed class Script : HttpMessageHandler
    {
        readonly Dictionary<string, Queue<int?>> answers = [];
        readonly List<string> asked = [];

        /// <param name="statuses">Null: the connection breaks.</param>
        public void Answer(string request, params int?[]? statuses) => answers[request] = new Queue<int?>(statuses ?? [null]);

        public int Count(string request) => asked.Count(one => one == request);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var line = $"{request.Method} {request.RequestUri!.AbsolutePath}";
            asked.Add(line);
            int? status = request.Method == HttpMethod.Put ? 201 : 200;
            if (answers.TryGetValue(line, out var queue)) status = queue.Count > 1 ? queue.Dequeue() : queue.Peek();
            if (status is not { } code) throw new HttpRequestException("the connection broke");
            var answer = new HttpResponseMessage((HttpStatusCode)code) { Content = new ByteArrayContent([]) };
            if (code >= 400) answer.Headers.Add("x-ms-error-code", "AuthorizationFailure");
            answer.Headers.TryAddWithoutValidation("ETag", "\"7\"");
            return Task.FromResult(answer);
        }
    }
}
