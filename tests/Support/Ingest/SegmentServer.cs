using Cairn.Api.Ingest.Segment;
using Cairn.Ingestion;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Cairn.Support.Ingest;

/// <summary>Segment's endpoints over a door that remembers, with the clock of the captures; one project with the captures' write keys.</summary>
public sealed class SegmentServer
{
    /// <summary>The write key that Segment's captures carry.</summary>
    public const string WriteKey = "segwritekey0123456789abcdef012";

    /// <summary>The write key that RudderStack's captures carry, in Basic authorization only.</summary>
    public const string RudderWriteKey = "rudderwritekey0123456789";

    readonly SegmentTracking tracking;

    /// <param name="makeDoor">Makes the door behind the endpoints; null for <see cref="Door"/>, which takes everything.</param>
    public SegmentServer(Func<IProjectDirectory, TimeProvider, IIngestDoor>? makeDoor = null)
    {
        tracking = new(makeDoor?.Invoke(Projects, Clock) ?? Door, Projects, Clock);
    }

    public KnownProjects Projects { get; } = new(WriteKey, RudderWriteKey);

    public RecordingDoor Door { get; } = new();

    /// <summary>Stands at the captures' start until a test moves it.</summary>
    public FakeTimeProvider Clock { get; } = new(Capture.ScenarioStart);

    /// <summary>Sends a request to the handler its path belongs to.</summary>
    public Task<Answer> SendAsync(HttpRequest request, CancellationToken cancellationToken = default)
    {
        var parts = request.Path.Value!.Trim('/').Split('/');
        return Answer.ToAsync(request, parts switch
        {
            ["v1", "projects", var writeKey, "settings"] => Task.FromResult(SegmentSettings.Get(request, writeKey)),
            ["v1", "m"] => Task.FromResult(SegmentTracking.Metrics(request)),
            ["v1", var call] => tracking.TrackAsync(request, call, cancellationToken),
            _ => throw new ArgumentException($"no endpoint at {request.Path}"),
        });
    }

    /// <summary>Posts one message that carries the write key.</summary>
    public Task<Answer> PostAsync(string call, string members) =>
        SendAsync(Sent.Json($"/v1/{call}", $$"""{"writeKey":"{{WriteKey}}",{{members}}}"""));
}
