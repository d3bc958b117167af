using System.Text;
using Cairn.Query.Scanning;
using Cairn.Storage.Rows;
using Cairn.Support;
using Cairn.Support.Query;
using Xunit;

namespace Cairn.Behaviour.Api;

/// <summary>Whoever closes the connection before the answer stops the work for it, whatever was asked.</summary>
public sealed class Leaving_before_the_answer : IAsyncLifetime
{
    readonly Waiting source = new();

    QueryApp app = null!;

    public async Task InitializeAsync() => app = await QueryApp.StartAsync(source, new(2025, 6, 9, 8, 0, 0, TimeSpan.Zero));

    public async Task DisposeAsync() => await app.DisposeAsync();

    public static TheoryData<string, string> Questions()
    {
        const string range = "\"range\": {\"last_days\": 7}";
        return new()
        {
            { "/api/v1/query/segmentation", "{" + range + ", \"events\": [\"Buy\"]}" },
            { "/api/v1/query/funnels", "{" + range + ", \"steps\": [\"Sign Up\", \"Buy\"]}" },
            { "/api/v1/query/retention", "{" + range + ", \"birth\": \"Sign Up\"}" },
            { "/api/v1/query/stickiness", "{" + range + "}" },
            { "/api/v1/query/lifecycle", "{" + range + "}" },
            { "/api/v1/query/revenue", "{" + range + "}" },
            { "/api/v1/query/lifetime-value", "{" + range + "}" },
            { "/api/v1/query/composition", "{" + range + ", \"by\": [\"event.plan\"]}" },
            { "/api/v1/query/composition", "{" + range + ", \"by\": [\"event.plan\"], \"people\": {\"other\": true}}" },
            { "/api/v1/query/sessions", "{" + range + "}" },
            { "/api/v1/query/sessions", "{" + range + ", \"people\": {\"of\": \"users\"}}" },
            { "/api/v1/query/flows", "{" + range + ", \"anchors\": [\"Sign Up\"]}" },
            { "/api/v1/query/flows", "{" + range + ", \"anchors\": [\"Sign Up\"], \"people\": {\"step\": 1, \"kind\": \"other\"}}" },
            { "/api/v1/query/cohorts", """{"condition": {"did": "Buy"}}""" },
            { "/api/query/segmentation?event=Buy&from_date=2025-06-01&to_date=2025-06-03", "" },
            { "/api/query/retention?born_event=Sign%20Up&from_date=2025-06-01&to_date=2025-06-03", "" },
            { "/api/query/stream/query?distinct_ids=ann&from_date=2025-06-01&to_date=2025-06-03", "" },
            { "/api/query/export?from_date=2025-06-01&to_date=2025-06-03", "" },
            { "/api/2/events/segmentation?e={\"event_type\":\"Buy\"}&start=20250601&end=20250603", "" },
            { "/api/2/funnels?e={\"event_type\":\"Sign Up\"}&e={\"event_type\":\"Buy\"}&start=20250601&end=20250603", "" },
            { "/api/2/retention?se={\"event_type\":\"Sign Up\"}&re={\"event_type\":\"Buy\"}&start=20250601&end=20250603", "" },
            { "/api/2/sessions/length?start=20250601&end=20250603", "" },
            { "/api/2/revenue/ltv?start=20250601&end=20250603", "" },
            { "/api/2/composition?p=platform&start=20250601&end=20250603", "" },
        };
    }

    [Theory]
    [MemberData(nameof(Questions))]
    public async Task Stops_the_work(string path, string question)
    {
        using var leaving = new CancellationTokenSource();
        using var request = new HttpRequestMessage(question.Length > 0 ? HttpMethod.Post : HttpMethod.Get, new Uri(path, UriKind.Relative));
        if (question.Length > 0) request.Content = new StringContent(question, Encoding.UTF8, "application/json");
        var credentials = path.StartsWith("/api/2/", StringComparison.Ordinal) ? QueryApp.AmplitudeKeys : QueryApp.ServiceAccount;
        request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
        var asked = app.Http.SendAsync(request, leaving.Token);
        await source.Begun.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.False(source.Left.IsCompleted);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        await source.Left.WaitAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>Rows that are never there: who asks for them waits until they leave.</summary>
    sealed class Waiting : IEventSource
    {
        readonly TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously), left = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Begun => begun.Task;

        public Task Left => left.Task;

        public async ValueTask<EventSnapshot> OpenAsync(string projectId, CancellationToken cancellationToken)
        {
            await WaitAsync(cancellationToken);
            throw new InvalidOperationException("nobody comes here");
        }

        public async ValueTask<RowSnapshot> OpenFilesAsync(string projectId, CancellationToken cancellationToken)
        {
            await WaitAsync(cancellationToken);
            throw new InvalidOperationException("nobody comes here");
        }

        async Task WaitAsync(CancellationToken cancellationToken)
        {
            begun.TrySetResult();
            try
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                left.TrySetResult();
                throw;
            }
        }
    }
}
