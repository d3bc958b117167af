using Cairn.Api.Authorization;
using Cairn.Api.Ingest.Mixpanel;
using Cairn.Ingestion;
using Cairn.Model.Identity;
using Cairn.Projects.Keys;
using Cairn.Projects.LookupTables;
using Cairn.Support.Stores;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Cairn.Support.Ingest;

/// <summary>Mixpanel's ingestion endpoints over a door that remembers, with the clock and the credentials of the captures.</summary>
public sealed class MixpanelServer
{
    /// <summary>What every capture carries.</summary>
    public const string Token = "mptoken0123456789abcdef01234567", Secret = "mpsecret0123456789abcdef0123456",
        Account = "importer.abc123.mp-service-account", AccountSecret = "sasecret0123456789", ProjectId = "12345", AdminKey = "admin-key";

    // ASP.NET's own results log.
    static readonly IServiceProvider Services = new ServiceCollection().AddLogging().BuildServiceProvider();

    readonly MixpanelDataEndpoint data;
    readonly MixpanelImportEndpoint import;
    readonly MixpanelLookupTableEndpoint lookupTables;
    readonly MixpanelSdkEndpoint sdk;

    public MixpanelServer(IdentityMode mode = IdentityMode.Simplified, MixpanelOptions? options = null, IIngestDoor? door = null)
    {
        Project = new(ProjectId, mode, "UTC", ["company"]);
        var known = new Credentials(Project);
        var authorization = new RequestAuthorization(known, known);
        data = new(door ?? Door, Clock, options ?? MixpanelOptions.Default);
        import = new(door ?? Door, authorization, known, Clock);
        lookupTables = new(new LookupTables(Blobs), authorization, Clock);
        sdk = new(authorization, known, Clock);
        Projects = known;
    }

    public IngestProject Project { get; }
    public IProjectDirectory Projects { get; }
    public RecordingDoor Door { get; } = new();
    public InMemoryBlobStore Blobs { get; } = new();

    /// <summary>Stands at the captures' start until a test moves it.</summary>
    public FakeTimeProvider Clock { get; } = new(Capture.ScenarioStart);

    /// <summary>Sends a request to the handler its path belongs to.</summary>
    public Task<Answer> SendAsync(HttpRequest request, CancellationToken cancellationToken = default)
    {
        request.HttpContext.RequestServices = Services;
        return Answer.ToAsync(request, request.Path.Value!.TrimEnd('/') switch
        {
            "/track" => data.TrackAsync(request, cancellationToken),
            "/engage" => data.EngageAsync(request, cancellationToken),
            "/groups" => data.GroupsAsync(request, cancellationToken),
            "/import" => import.ImportAsync(request, cancellationToken),
            "/settings" => MixpanelSdkEndpoint.SettingsAsync(request),
            "/decide" => MixpanelSdkEndpoint.DecideAsync(request),
            "/record" => sdk.RecordAsync(request, cancellationToken),
            "/flags" => sdk.FlagsAsync(request, cancellationToken),
            "/flags/definitions" => sdk.DefinitionsAsync(request, cancellationToken),
            "/lookup-tables" => lookupTables.ListAsync(request, cancellationToken),
            var path when path.StartsWith("/lookup-tables/", StringComparison.Ordinal) =>
                lookupTables.ReplaceAsync(request, Uri.UnescapeDataString(path["/lookup-tables/".Length..]), cancellationToken),
            var path when path.EndsWith("/first-time-events", StringComparison.Ordinal) => sdk.FirstTimeEventAsync(request, cancellationToken),
            var path => throw new ArgumentException($"no endpoint at {path}"),
        });
    }

    /// <summary>Posts JSON to an endpoint that asks for no credentials.</summary>
    public Task<Answer> PostAsync(string pathAndQuery, string json, string contentType = "application/json") =>
        SendAsync(Request(pathAndQuery, System.Text.Encoding.UTF8.GetBytes(json), contentType));

    /// <summary>Posts JSON to /import with the project's secret.</summary>
    public Task<Answer> ImportAsync(string query, string json, string contentType = "application/json")
    {
        var request = Request("/import" + query, System.Text.Encoding.UTF8.GetBytes(json), contentType);
        request.Headers.Authorization = Basic(Secret, "");
        return SendAsync(request);
    }

    /// <summary>A POST with a query.</summary>
    public static HttpRequest Request(string pathAndQuery, byte[] body, string contentType)
    {
        var question = pathAndQuery.IndexOf('?', StringComparison.Ordinal);
        var request = Sent.Body(question < 0 ? pathAndQuery : pathAndQuery[..question], body, contentType);
        if (question >= 0) request.QueryString = new(pathAndQuery[question..]);
        return request;
    }

    public static string Basic(string user, string password) =>
        "Basic " + Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{user}:{password}"));

    sealed class Credentials(IngestProject project) : IAccessControl, IProjectDirectory
    {
        public ValueTask<Access?> AuthenticateAsync(string user, string password, CancellationToken cancellationToken) => new((user, password) switch
        {
            (Token, "") => new Access(project, Role.Writer, CredentialKind.WriteToken, "token"),
            (Secret, "") => new Access(project, Role.Analyst, CredentialKind.ProjectSecret, "secret"),
            (Account, AccountSecret) => new Access(project, Role.Admin, CredentialKind.ServiceAccount, Account),
            _ => null,
        });

        public ValueTask<Access?> AuthenticateBearerAsync(string bearer, CancellationToken cancellationToken) =>
            new(bearer == AdminKey ? new Access(null, Role.Admin, CredentialKind.AdminKey, "admin") : null);

        public ValueTask<IngestProject?> FindByTokenAsync(ReadOnlyMemory<byte> utf8Token, CancellationToken cancellationToken) =>
            new(utf8Token.Span.SequenceEqual(System.Text.Encoding.UTF8.GetBytes(Token)) ? project : null);

        public ValueTask<IngestProject?> FindByIdAsync(string projectId, CancellationToken cancellationToken) =>
            new(projectId == project.ProjectId ? project : null);
    }
}
