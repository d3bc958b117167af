using System.Collections.Concurrent;
using System.Globalization;
using Azure.Messaging.EventHubs;
using Cairn.Shims.SharedHub;
using Cairn.Shims.StreamLog;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Cairn.Support;

/// <summary>
/// The hub of several hosts, in the place of Event Hubs: a log on disk with owners of partitions, served to <see cref="HubConnection"/>. A host that dies loses its
/// partitions to the others once its claims have run out; it reads from the checkpoint, so what was under way comes again.
/// </summary>
public sealed class SharedHub : IAsyncDisposable
{
    /// <summary>How long a reader waits before it hears that nothing came.</summary>
    static readonly TimeSpan MaxPoll = TimeSpan.FromSeconds(1);

    readonly WebApplication app;
    readonly TemporaryFolder folder;
    readonly HubLog log;
    readonly TimeSpan claimsLast;
    readonly Lock gate = new();
    readonly Dictionary<string, DateTimeOffset> ownersUntil = [];
    readonly Dictionary<int, string> ownerOf = [];
    long messages, bytes, billed, delivered;

    SharedHub(WebApplication app, TemporaryFolder folder, HubLog log, TimeSpan claimsLast) => (this.app, this.folder, this.log, this.claimsLast) = (app, folder, log, claimsLast);

    /// <summary>What <c>LocalHub__Url</c> of a host says.</summary>
    public Uri Url => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Messages that were acknowledged, with their bytes, and by what Event Hubs bills: each begun 64 KiB of a message.</summary>
    public (long Messages, long Bytes, long Billed) Taken => (Interlocked.Read(ref messages), Interlocked.Read(ref bytes), Interlocked.Read(ref billed));

    /// <summary>Messages handed to readers; more than were taken where some came again.</summary>
    public long Delivered => Interlocked.Read(ref delivered);

    /// <summary>How many partitions have changed their owner because it was silent for too long.</summary>
    public int TakenOver { get; private set; }

    /// <summary>What it keeps.</summary>
    public HubLog Log => log;

    /// <summary>Whether sends are refused.</summary>
    public bool Refuses { get; set; }

    /// <summary>A send that has landed waits for this before its sender hears so.</summary>
    public Func<Task>? BeforeAnswer { get; set; }

    /// <summary>Starts one on a free port.</summary>
    public static async Task<SharedHub> StartAsync(string name, int partitions, TimeSpan claimsLast)
    {
        var folder = new TemporaryFolder();
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        var app = builder.Build();
        var hub = new SharedHub(app, folder, new HubLog(folder[name], new HubSettings { PartitionCount = partitions }), claimsLast);
        app.UseRouting();
        hub.Map(app.MapGroup($"/{name}"));
        await app.StartAsync();
        return hub;
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        log.Dispose();
        folder.Dispose();
    }

    void Map(RouteGroupBuilder hub)
    {
        hub.MapGet("/", () => Results.Json(log.Identity));
        hub.MapPost("/partitions/{n:int}", SendAsync);
        hub.MapGet("/partitions/{n:int}/end", (int n) => Results.Text(Text(log.Partitions[n].DurableSeq)));
        hub.MapPut("/groups/{group}/owners/{owner}", (string owner, HttpResponse response) =>
        {
            response.Headers[HubConnection.ClaimsLastHeader] = Text((long)claimsLast.TotalMilliseconds);
            return Results.Json(Claim(owner));
        });
        hub.MapGet("/groups/{group}/owners/{owner}/partitions/{n:int}", ReadAsync);
        hub.MapGet("/groups/{group}/checkpoints/{n:int}", (string group, int n) => Results.Text(Text(log.ReadCheckpoint(group, n))));
        hub.MapPut("/groups/{group}/checkpoints/{n:int}", async (string group, int n, HttpRequest request) =>
        {
            // Like the real one's: whoever writes last is believed, an owner of before as well.
            log.WriteCheckpoint(group, n, long.Parse(await new StreamReader(request.Body).ReadToEndAsync(), CultureInfo.InvariantCulture));
            return Results.NoContent();
        });
    }

    async Task<IResult> SendAsync(int n, HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        var sent = HubMessages.Sent(body.ToArray());
        if (Refuses) return Results.Text("refused", statusCode: StatusCodes.Status503ServiceUnavailable);
        try
        {
            await log.Partitions[n].AppendAsync(sent, TimeSpan.FromSeconds(20));
        }
        catch (EventHubsException refused)
        {
            return Results.Text(refused.Message, statusCode: StatusCodes.Status503ServiceUnavailable);
        }
        if (BeforeAnswer is { } before) await before();
        Interlocked.Add(ref messages, sent.Count);
        Interlocked.Add(ref bytes, sent.Sum(message => (long)message.Length));
        Interlocked.Add(ref billed, sent.Sum(message => (message.Length + 65_535L) / 65_536));
        return Results.NoContent();
    }

    async Task<IResult> ReadAsync(string owner, int n, long from, int max, long bytes, HttpContext context)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        limit.CancelAfter(MaxPoll);
        try
        {
            await log.Partitions[n].WaitForAsync(from, limit.Token);
        }
        catch (OperationCanceledException)
        {
            return Owns(owner, n) ? Results.NoContent() : Results.Conflict();
        }
        if (!Owns(owner, n)) return Results.Conflict();
        using var reader = log.Partitions[n].Read(from);
        var records = reader.Take(max, bytes);
        Interlocked.Add(ref delivered, records.Count);
        return Results.Bytes(HubMessages.OfRead(records));
    }

    /// <summary>An even share for each owner that has been heard of lately; what belongs to another is left to it until it lets go or is silent.</summary>
    int[] Claim(string owner)
    {
        lock (gate)
        {
            var now = DateTimeOffset.UtcNow;
            ownersUntil[owner] = now + claimsLast;
            foreach (var silent in ownersUntil.Where(one => one.Value < now).ToList()) ownersUntil.Remove(silent.Key);
            var owners = ownersUntil.Keys.Order(StringComparer.Ordinal).ToList();
            for (var partition = 0; partition < log.Partitions.Count; partition++)
            {
                var wanted = owners[partition % owners.Count];
                var current = ownerOf.GetValueOrDefault(partition);
                if (current == owner && wanted != owner) ownerOf.Remove(partition);
                else if (wanted == owner && current != owner && (current is null || !ownersUntil.ContainsKey(current)))
                {
                    if (current is not null) TakenOver++;
                    ownerOf[partition] = owner;
                }
            }
            return [.. ownerOf.Where(one => one.Value == owner).Select(one => one.Key)];
        }
    }

    bool Owns(string owner, int partition)
    {
        lock (gate) return ownerOf.GetValueOrDefault(partition) == owner;
    }

    static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
