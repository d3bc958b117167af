using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Cairn.Cloud;
using Cairn.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Cairn.Support;

/// <summary>Several hosts as they run on Azure: one storage account for all (Azurite, over the real protocols), one hub for all (<see cref="SharedHub"/>), nothing shared beside them.</summary>
public sealed class Cluster : IAsyncDisposable
{
    const string AdminKey = "cairn_admin_of_the_tests", HubName = CloudServices.HubName;

    readonly List<ServiceProvider> stores = [];

    Cluster(Azurite azurite, SharedHub hub, RunningCairn[] hosts, BilledRequests requests, Keys keys)
    {
        (Azurite, Hub, Hosts, Requests, Keys) = (azurite, hub, hosts, requests, keys);
        Blobs = BlobsOf(CloudServices.ContainerName);
    }

    public Azurite Azurite { get; }

    public SharedHub Hub { get; }

    public RunningCairn[] Hosts { get; }

    /// <summary>Requests of all hosts to the storage account so far.</summary>
    public BilledRequests Requests { get; }

    /// <summary>The first project's, as the hook after a deployment gets them.</summary>
    public Keys Keys { get; }

    /// <summary>The account as the test sees it; what it asks for is counted like the hosts' requests.</summary>
    public IBlobStore Blobs { get; }

    /// <summary>Another container of the account.</summary>
    public IBlobStore BlobsOf(string container)
    {
        var settings = new Dictionary<string, string?> { ["Storage"] = Azurite.ConnectionString, ["Storage:container"] = container, ["EventHubs:fullyQualifiedNamespace"] = "unused" };
        stores.Add(new ServiceCollection().AddCloud(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()).BuildServiceProvider());
        return stores[^1].GetRequiredService<IBlobStore>();
    }

    /// <summary>Starts all hosts at once, so that they make one first project.</summary>
    /// <param name="claimsLast">How long a host may be silent before others take its partitions.</param>
    /// <param name="settings">Further environment variables of every host.</param>
    public static async Task<Cluster> StartAsync(int hosts, int partitions, TimeSpan claimsLast, IReadOnlyDictionary<string, string>? settings = null)
    {
        var requests = new BilledRequests();
        var azurite = await Azurite.StartAsync(requests: requests);
        var hub = await SharedHub.StartAsync(HubName, partitions, claimsLast);
        var all = new Dictionary<string, string>(settings ?? new Dictionary<string, string>())
        {
            ["Storage"] = azurite.ConnectionString,
            ["LocalHub__Url"] = hub.Url.AbsoluteUri,
            ["CAIRN_ADMIN_KEY"] = AdminKey,
        };
        var running = await Task.WhenAll(Enumerable.Range(0, hosts).Select(_ => RunningCairn.StartAsync(settings: all)));
        return new(azurite, hub, running, requests, await MakeKeysAsync(running[0]));
    }

    /// <summary>A client of one host that shows the project's secret.</summary>
    public HttpClient Client(int host)
    {
        var client = Hosts[host].WithBasic(Keys.ApiSecret, "");
        client.Timeout = TimeSpan.FromSeconds(30);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in Hosts) await host.DisposeAsync();
        foreach (var store in stores) await store.DisposeAsync();
        await Hub.DisposeAsync();
        await Azurite.DisposeAsync();
    }

    static async Task<Keys> MakeKeysAsync(RunningCairn host)
    {
        using var admin = new HttpClient { BaseAddress = host.Url, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", AdminKey) } };
        var projects = await admin.GetFromJsonAsync<JsonElement>("/api/v1/projects");
        var project = projects.GetProperty("projects").EnumerateArray().Single().GetProperty("id").GetString()!;
        var tokens = (await admin.GetFromJsonAsync<JsonElement>($"/api/v1/projects/{project}/tokens")).GetProperty("tokens").EnumerateArray().ToList();
        using var made = await admin.PostAsJsonAsync($"/api/v1/projects/{project}/keys", new { name = "test", role = "admin" });
        var secret = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("secret").GetString()!;
        string Token(string kind) => tokens.Single(token => token.GetProperty("kind").GetString() == kind).GetProperty("token").GetString()!;
        return new(project, Token("mixpanel_token"), Token("amplitude_api_key"), secret, Token("segment_write_key"), "", "", AdminKey);
    }
}
