using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Azure.Messaging.EventHubs;
using Cairn.Shims.StreamLog;

namespace Cairn.Shims.SharedHub;

/// <summary>A hub that another process serves over HTTP, as Event Hubs is one of another's: what several hosts on one machine share.</summary>
/// <remarks>
/// <code>
/// GET  /{hub}                                                      which hub: JSON of HubIdentity
/// POST /{hub}/partitions/{n}                                       messages; 204 once durable, 503 with the reason where refused
/// GET  /{hub}/partitions/{n}/end                                   the first seq that is not durable
/// PUT  /{hub}/groups/{g}/owners/{o}                                claims: JSON list of partitions; the header Claims-Last has milliseconds
/// GET  /{hub}/groups/{g}/owners/{o}/partitions/{n}?from=&amp;max=&amp;bytes=   records; 204 where none came in a while, 409 where somebody else owns it
/// GET, PUT /{hub}/groups/{g}/checkpoints/{n}                       the first seq not taken
/// </code>
/// </remarks>
public sealed class HubConnection(Uri address, string name) : IHub, IDisposable
{
    /// <summary>The header that says for how long claims hold, milliseconds.</summary>
    public const string ClaimsLastHeader = "Claims-Last";

    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    readonly HttpClient http = new() { BaseAddress = new(address, name + "/"), Timeout = TimeSpan.FromSeconds(30) };

    public string Name => name;

    public TimeSpan ClaimsLast { get; private set; } = TimeSpan.FromSeconds(1);

    public async ValueTask<HubIdentity> DescribeAsync(CancellationToken cancellationToken)
    {
        using var answer = await AskAsync(HttpMethod.Get, "", null, cancellationToken);
        return (await answer.Content.ReadFromJsonAsync<HubIdentity>(Json, cancellationToken))!;
    }

    public async Task SendAsync(int partition, IReadOnlyList<ReadOnlyMemory<byte>> bodies, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            using var content = new ByteArrayContent(HubMessages.OfSent(bodies));
            using var answer = await AskAsync(HttpMethod.Post, Of($"partitions/{partition}"), content, limit.Token);
        }
        catch (OperationCanceledException fault) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"hub {name} has not acknowledged within {timeout}", fault);
        }
    }

    public async ValueTask<long> FindEndAsync(int partition, CancellationToken cancellationToken) => await NumberAsync(Of($"partitions/{partition}/end"), cancellationToken);

    public async ValueTask<IReadOnlySet<int>> ClaimAsync(string group, string owner, CancellationToken cancellationToken)
    {
        using var answer = await AskAsync(HttpMethod.Put, $"groups/{group}/owners/{owner}", null, cancellationToken);
        if (answer.Headers.TryGetValues(ClaimsLastHeader, out var lasts)) ClaimsLast = TimeSpan.FromMilliseconds(int.Parse(lasts.First(), CultureInfo.InvariantCulture));
        return (await answer.Content.ReadFromJsonAsync<HashSet<int>>(Json, cancellationToken))!;
    }

    public async ValueTask<long> ReadCheckpointAsync(string group, int partition, CancellationToken cancellationToken) =>
        await NumberAsync(Of($"groups/{group}/checkpoints/{partition}"), cancellationToken);

    public async ValueTask WriteCheckpointAsync(string group, int partition, long nextSeq, CancellationToken cancellationToken)
    {
        using var content = new StringContent(nextSeq.ToString(CultureInfo.InvariantCulture));
        using var answer = await AskAsync(HttpMethod.Put, Of($"groups/{group}/checkpoints/{partition}"), content, cancellationToken);
    }

    public IHubReader Read(string group, string owner, int partition, long fromSeq) => new Reader(this, $"groups/{group}/owners/{owner}/partitions/", partition, fromSeq);

    public void Dispose() => http.Dispose();

    static string Of(FormattableString path) => FormattableString.Invariant(path);

    async Task<long> NumberAsync(string path, CancellationToken cancellationToken)
    {
        using var answer = await AskAsync(HttpMethod.Get, path, null, cancellationToken);
        return long.Parse(await answer.Content.ReadAsStringAsync(cancellationToken), CultureInfo.InvariantCulture);
    }

    /// <exception cref="EventHubsException">Refused or away.</exception>
    async Task<HttpResponseMessage> AskAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = content };
        HttpResponseMessage answer;
        try
        {
            answer = await http.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException fault)
        {
            throw new EventHubsException(true, name, $"hub {name} can't be reached: {fault.Message}", EventHubsException.FailureReason.ServiceCommunicationProblem, fault);
        }
        if (answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.Conflict) return answer;
        var reason = await answer.Content.ReadAsStringAsync(cancellationToken);
        answer.Dispose();
        throw new EventHubsException(true, name, $"hub {name}: {reason}", EventHubsException.FailureReason.ServiceBusy);
    }

    sealed class Reader(HubConnection hub, string path, int partition, long fromSeq) : IHubReader
    {
        long nextSeq = fromSeq;

        public async ValueTask<IReadOnlyList<StreamRecord>> TakeAsync(int maxCount, long maxBytes, CancellationToken cancellationToken)
        {
            while (true)
            {
                using var answer = await hub.AskAsync(HttpMethod.Get, path + Of($"{partition}?from={nextSeq}&max={maxCount}&bytes={maxBytes}"), null, cancellationToken);
                if (answer.StatusCode == HttpStatusCode.Conflict) throw new PartitionLostException(partition);
                if (answer.StatusCode == HttpStatusCode.NoContent) continue;
                var records = HubMessages.Read(await answer.Content.ReadAsByteArrayAsync(cancellationToken));
                nextSeq = records[^1].Seq + 1;
                return records;
            }
        }

        public void Dispose() { }
    }
}
