using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Cairn.Api;
using Cairn.Api.Authorization;
using Cairn.Functions;
using Cairn.Ingestion;
using Cairn.LocalHost.Hosting;
using Cairn.Model.Identity;
using Cairn.Projects.Keys;
using Cairn.Projects.Reports;
using Cairn.Query.Cohorts;
using Cairn.Query.Persons;
using Cairn.Query.Scanning;
using Cairn.Query.Turns;
using Cairn.Storage;
using Cairn.Storage.Identity;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;
using Cairn.Support.Stores;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;

namespace Cairn.Support.Query;

/// <summary>The query functions over events in memory, with one project, a clock that stands still and credentials of every kind.</summary>
public sealed class QueryApp : IAsyncDisposable
{
    /// <summary>Credentials that the captures carry.</summary>
    public const string MixpanelSecret = "mpsecret0123456789abcdef0123456:",
        ServiceAccount = "importer.abc123.mp-service-account:sasecret0123456789",
        AmplitudeKeys = "ampkey0123456789abcdef0123456789:ampsecret0123456789abcdef012345";

    /// <summary>A viewer's session, as the cookie holds it.</summary>
    public const string Session = "cairn_session_0123456789";

    readonly LocalApp app;

    QueryApp(LocalApp app) => this.app = app;

    public HttpClient Http => app.Http;

    /// <summary>A part of the app, for tests that do what a timer does.</summary>
    public T Part<T>() where T : notnull => app.Services.GetRequiredService<T>();

    /// <param name="now">What time it is throughout.</param>
    /// <param name="memory">What reports may hold; null: as the product has it.</param>
    public static Task<QueryApp> StartAsync(
        IEventSource events, DateTimeOffset now, string timeZone = "UTC", MemoryPeople? people = null, MemoryCohorts? cohorts = null, ReportMemoryPool? memory = null, ColumnCache? columns = null) =>
        StartAsync(new IngestProject("12345", IdentityMode.Simplified, timeZone, []), now, [], services =>
        {
            services.Replace(ServiceDescriptor.Singleton(events)).Replace(ServiceDescriptor.Singleton<IPeopleSource>(people ?? new MemoryPeople()));
            services.AddSingleton<IPersonSource>(people ?? new MemoryPeople());
            if (cohorts is not null) services.AddSingleton<ICohortDirectory>(cohorts);
            services.TryAddSingleton(columns ?? new ColumnCache(1 << 24));
            if (memory is not null) services.AddSingleton(memory);
        });

    /// <summary>The query functions over a project's stored rows, read as the product reads them: the lake, and what it has not taken yet.</summary>
    /// <param name="now">What time it is throughout.</param>
    /// <param name="columns">Memory for columns; null: plenty.</param>
    public static Task<QueryApp> StartAsync(IBlobStore blobs, IngestProject project, DateTimeOffset now, ColumnCache? columns = null) =>
        StartAsync(project, now, [typeof(ProfileFunctions)], services =>
        {
            services.Replace(ServiceDescriptor.Singleton(blobs)).AddSingleton(columns ?? new ColumnCache(1 << 24)).AddSingleton<ITableStore>(new InMemoryTableStore());
            services.AddRecentSources().AddPeople();
        });

    static async Task<QueryApp> StartAsync(IngestProject project, DateTimeOffset now, Type[] furtherFunctions, Action<IServiceCollection> addSources)
    {
        var access = new OneProject(project);
        return new(await LocalApp.StartAsync(builder =>
        {
            builder.ConfigureLocalHost(local => local.FunctionClasses = [typeof(MixpanelQuery), typeof(AmplitudeQuery), typeof(Functions.Query), typeof(ReportFunctions), .. furtherFunctions]);
            builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(new FakeTimeProvider(now)))
                .Replace(ServiceDescriptor.Singleton<IAccessControl>(access))
                .Replace(ServiceDescriptor.Singleton<IProjectDirectory>(access));
            addSources(builder.Services);
            builder.Services.TryAddSingleton<RequestAuthorization>();
            builder.Services.TryAddSingleton<ITableStore, InMemoryTableStore>();
            builder.Services.TryAddSingleton<SavedReports>();
            builder.Services.AddQueryApi();
        }));
    }

    /// <summary>Keeps claims as look-up rows, as the consumer does beside the stored ones.</summary>
    public Task LookUpClaimsAsync(string projectId, IEnumerable<LinkClaim> claims) =>
        app.Services.GetRequiredService<IdentityStore>().ApplyAsync(projectId, claims, CancellationToken.None);

    /// <summary>The answer to a GET; query values are percent-encoded here.</summary>
    public async Task<HttpResponseMessage> GetAsync(string credentials, string path, params (string Name, string Value)[] query)
    {
        var encoded = string.Join('&', query.Select(pair => $"{Uri.EscapeDataString(pair.Name)}={Uri.EscapeDataString(pair.Value)}"));
        using var request = new HttpRequestMessage(HttpMethod.Get, encoded.Length == 0 ? path : $"{path}?{encoded}");
        return await SendAsync(credentials, request);
    }

    public async Task<HttpResponseMessage> SendAsync(string credentials, HttpRequestMessage request)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
        return await Http.SendAsync(request);
    }

    /// <summary>The JSON answer to a GET that succeeds.</summary>
    public async Task<JsonElement> JsonAsync(string credentials, string path, params (string Name, string Value)[] query)
    {
        using var answer = await GetAsync(credentials, path, query);
        var body = await answer.Content.ReadAsStringAsync();
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"{(int)answer.StatusCode}: {body}");
        return JsonDocument.Parse(body).RootElement.Clone();
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    sealed class OneProject(IngestProject project) : IAccessControl, IProjectDirectory
    {
        public ValueTask<Access?> AuthenticateAsync(string user, string password, CancellationToken cancellationToken) => new($"{user}:{password}" switch
        {
            MixpanelSecret => new Access(project, Role.Analyst, CredentialKind.ProjectSecret, "secret"),
            ServiceAccount => new Access(project, Role.Analyst, CredentialKind.ServiceAccount, user),
            AmplitudeKeys => new Access(project, Role.Analyst, CredentialKind.ApiKeyAndSecret, user),
            "viewer:" => new Access(project, Role.Viewer, CredentialKind.ServiceAccount, user),
            "token:" => new Access(project, Role.Writer, CredentialKind.WriteToken, user),
            _ => null,
        });

        public ValueTask<Access?> AuthenticateBearerAsync(string bearer, CancellationToken cancellationToken) =>
            new(bearer == Session ? new Access(project, Role.Viewer, CredentialKind.PageSession, "session") : null);

        public ValueTask<IngestProject?> FindByTokenAsync(ReadOnlyMemory<byte> utf8Token, CancellationToken cancellationToken) => new((IngestProject?)null);

        public ValueTask<IngestProject?> FindByIdAsync(string projectId, CancellationToken cancellationToken) => new(projectId == project.ProjectId ? project : null);
    }
}
