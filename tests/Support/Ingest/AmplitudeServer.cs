using Cairn.Api.Ingest.Amplitude;
using Cairn.Ingestion;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Cairn.Support.Ingest;

/// <summary>Amplitude's endpoints over a door that remembers, with the clock of the captures; one project with <see cref="ApiKey"/>.</summary>
public sealed class AmplitudeServer
{
    /// <summary>The API key that every capture carries.</summary>
    public const string ApiKey = "ampkey0123456789abcdef0123456789";

    readonly AmplitudeUploads uploads;
    readonly AmplitudeForms forms;
    readonly LegacyUploads legacy;

    /// <param name="makeDoor">Makes the door behind the endpoints; null for <see cref="Door"/>, which takes everything.</param>
    public AmplitudeServer(Func<IProjectDirectory, TimeProvider, IIngestDoor>? makeDoor = null)
    {
        var door = makeDoor?.Invoke(Projects, Clock) ?? Door;
        uploads = new(door, Projects, new Outage(Clock), Clock);
        forms = new(door, Projects, Clock);
        legacy = new(door, Projects, Clock);
    }

    public KnownProjects Projects { get; } = new(ApiKey);

    public RecordingDoor Door { get; } = new();

    /// <summary>Stands at the captures' start until a test moves it.</summary>
    public FakeTimeProvider Clock { get; } = new(Capture.ScenarioStart);

    /// <summary>Sends a request to the handler its path belongs to.</summary>
    public Task<Answer> SendAsync(HttpRequest request, CancellationToken cancellationToken = default) =>
        Answer.ToAsync(request, request.Path.Value!.TrimEnd('/') switch
        {
            "/2/httpapi" => uploads.HttpApiAsync(request, cancellationToken),
            "/batch" => uploads.BatchAsync(request, cancellationToken),
            "/httpapi" => forms.HttpApiAsync(request, cancellationToken),
            "/identify" => forms.IdentifyAsync(request, cancellationToken),
            "/groupidentify" => forms.GroupIdentifyAsync(request, cancellationToken),
            "/attribution" => forms.AttributionAsync(request, cancellationToken),
            "/usermap" => forms.UserMapAsync(request, cancellationToken),
            "" => legacy.UploadAsync(request, cancellationToken),
            "/sdk/v2/vardata" => Task.FromResult(ExperimentAnswers.Variants(request)),
            "/sdk/v2/flags" => Task.FromResult(ExperimentAnswers.Flags(request)),
            "/sdk/stream/v1/flags" => Task.FromResult(ExperimentAnswers.FlagStream(request)),
            "/v1/capture" => Task.FromResult(AmplitudeSideServices.Diagnostics(request)),
            var path when path.StartsWith("/config", StringComparison.Ordinal) => Task.FromResult(AmplitudeSideServices.RemoteConfig(request)),
            var path when path.StartsWith("/sdk/v1/cohort/", StringComparison.Ordinal) => Task.FromResult(ExperimentAnswers.Cohort(request)),
            var path => throw new ArgumentException($"no endpoint at {path}"),
        });

    /// <summary>Posts events to /2/httpapi with nothing else in the body.</summary>
    public Task<Answer> UploadAsync(string events, string rest = "") =>
        SendAsync(Sent.Json("/2/httpapi", $$"""{"api_key":"{{ApiKey}}","events":{{events}}{{rest}}}"""));
}
