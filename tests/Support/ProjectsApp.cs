using System.Text;
using Cairn.Cloud;
using Cairn.Functions;
using Cairn.LocalHost.Hosting;
using Cairn.Projects.Keys;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Cairn.Support;

/// <summary>The app on the local host with a first project, and a client that asks its own API.</summary>
public sealed class ProjectsApp : IAsyncDisposable
{
    readonly LocalApp _app;
    readonly TemporaryFolder _folder;

    ProjectsApp(LocalApp app, TemporaryFolder folder, MachineKeys keys) => (_app, _folder, Keys) = (app, folder, keys);

    /// <summary>What keys.json holds.</summary>
    public MachineKeys Keys { get; }

    /// <summary>The folder above <c>data</c>.</summary>
    public string Folder => _folder.FullPath;

    public Uri Url => _app.Url;

    public IServiceProvider Services => _app.Services;

    /// <param name="replace">Services to put in the place of the app's own.</param>
    public static async Task<ProjectsApp> StartAsync(Action<IServiceCollection>? replace = null)
    {
        var folder = new TemporaryFolder();
        var app = await LocalApp.StartAsync(
            builder =>
            {
                builder.UseFunctionsOf(typeof(ProjectFunctions).Assembly);
                builder.Services.AddCloud(builder.Configuration).AddCairn();
                replace?.Invoke(builder.Services);
            },
            folder["data"]);
        return new ProjectsApp(app, folder, MachineKeys.Read(folder["data/keys.json"])!);
    }

    /// <summary>Sends a request with the admin key, other credentials (a whole Authorization header), or none ("").</summary>
    public async Task<Reply> SendAsync(string method, string path, string? json = null, string? authorization = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        authorization ??= $"Bearer {Keys.AdminKey}";
        if (authorization.Length > 0) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await _app.Http.SendAsync(request);
        return new Reply(
            (int)response.StatusCode,
            await response.Content.ReadAsStringAsync(),
            response.Headers.Concat(response.Content.Headers).ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>An Authorization header of the Basic kind.</summary>
    public static string Basic(string user, string password) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _folder.Dispose();
    }
}

/// <summary>What the server answered.</summary>
public sealed record Reply(int Status, string Body, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The body as JSON.</summary>
    public System.Text.Json.JsonElement Json => System.Text.Json.JsonDocument.Parse(Body).RootElement;
}
