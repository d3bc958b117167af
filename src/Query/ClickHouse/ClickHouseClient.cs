using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Cairn.Query.ClickHouse;

/// <summary>Asks a ClickHouse server over its HTTP interface. One serves a process.</summary>
/// <remarks>
/// A question is one form: the statement, a field for each value bound in it, a file for each table sent along. The answer comes as one JSON array a line, compressed, once the whole of it
/// is known, so that an error has its own status and nothing half is taken for an answer. Source: ClickHouse docs, "HTTP interface", "External data for query processing".
/// </remarks>
sealed class ClickHouseClient : IDisposable
{
    /// <summary>How long a server may take to accept a connection.</summary>
    static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10);

    /// <summary>How long a server may take to say that it stops a statement, and that it is there.</summary>
    static readonly TimeSpan WordLimit = TimeSpan.FromSeconds(5);

    /// <summary>Characters of an error that are read.</summary>
    const int MaxErrorLength = 16_384;

    readonly HttpClient http = new(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.All, ConnectTimeout = ConnectLimit, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public void Dispose() => http.Dispose();

    /// <summary>The rows of an answer as they come, and at last what they cost.</summary>
    /// <exception cref="ClickHouseException">It could not be asked or failed.</exception>
    public async IAsyncEnumerable<JsonElement[]> AskAsync(ClickHouseOptions options, ClickHouseStatement statement, QueryCost cost, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var queryId = Guid.NewGuid().ToString("N");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Timeout);
        HttpResponseMessage? response = null;
        try
        {
            Stream body;
            try
            {
                response = await SendAsync(options, statement, queryId, limit.Token);
                body = await response.Content.ReadAsStreamAsync(limit.Token);
            }
            catch (Exception fault) when (IsAway(fault))
            {
                throw await ToldAsync(fault, options, queryId, cancellationToken);
            }
            cost.Add(response.Headers);
            using var reader = new StreamReader(body, Encoding.UTF8);
            while (true)
            {
                string? line;
                try
                {
                    line = await reader.ReadLineAsync(limit.Token);
                }
                catch (Exception fault) when (IsAway(fault))
                {
                    throw await ToldAsync(fault, options, queryId, cancellationToken);
                }
                if (line is null) yield break;
                if (line.Length == 0) continue;
                if (line[0] != '[') throw ClickHouseException.Of(line, (int)response.StatusCode);
                yield return JsonSerializer.Deserialize<JsonElement[]>(line)!;
            }
        }
        finally
        {
            response?.Dispose();
        }
    }

    /// <summary>Whether the server takes questions.</summary>
    /// <exception cref="ClickHouseException">It does not; the message says why.</exception>
    public async Task PingAsync(ClickHouseOptions options, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(WordLimit);
        try
        {
            using var request = Request(options, $"?default_format=TabSeparated&query={Uri.EscapeDataString("select 1")}", null);
            using var response = await http.SendAsync(request, limit.Token);
            var text = await response.Content.ReadAsStringAsync(limit.Token);
            if (!response.IsSuccessStatusCode) throw ClickHouseException.Of(text, (int)response.StatusCode);
        }
        catch (Exception fault) when (IsAway(fault))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new ClickHouseException($"ClickHouse at {options.Url.Host} does not answer", 0, isPassing: true, fault);
        }
    }

    async Task<HttpResponseMessage> SendAsync(ClickHouseOptions options, ClickHouseStatement statement, string queryId, CancellationToken cancellationToken)
    {
        var (text, parameters) = statement.Query.Render();
        using var form = new MultipartFormDataContent { { new StringContent(text), "query" } };
        foreach (var (name, value) in parameters) form.Add(new StringContent(value.Text), $"param_{name}");
        var address = new StringBuilder("?default_format=JSONCompactEachRow&wait_end_of_query=1&enable_http_compression=1&output_format_json_quote_64bit_integers=0&output_format_json_quote_denormals=1&join_use_nulls=0");
        address.Append(CultureInfo.InvariantCulture, $"&query_id={queryId}&max_execution_time={(int)Math.Ceiling(options.Timeout.TotalSeconds)}&delta_lake_snapshot_version={statement.LakeVersion}");
        foreach (var upload in statement.Uploads)
        {
            address.Append(CultureInfo.InvariantCulture, $"&{upload.Name}_format=TabSeparated&{upload.Name}_structure={Uri.EscapeDataString(upload.Structure)}");
            form.Add(new LinesContent(upload.Lines), upload.Name, upload.Name);
        }
        using var request = Request(options, address.ToString(), form);
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.IsSuccessStatusCode) return response;
        using (response) throw ClickHouseException.Of(await HeadOfAsync(response, cancellationToken), (int)response.StatusCode);
    }

    static HttpRequestMessage Request(ClickHouseOptions options, string query, HttpContent? content)
    {
        var request = new HttpRequestMessage(content is null ? HttpMethod.Get : HttpMethod.Post, new Uri(options.Url, query)) { Content = content };
        request.Headers.Add("X-ClickHouse-User", options.User);
        request.Headers.Add("X-ClickHouse-Key", options.Password);
        return request;
    }

    static async Task<string> HeadOfAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken), Encoding.UTF8);
        var head = new char[MaxErrorLength];
        return new(head, 0, await reader.ReadBlockAsync(head, cancellationToken));
    }

    static bool IsAway(Exception fault) => fault is HttpRequestException or IOException or OperationCanceledException or InvalidDataException;

    /// <summary>What a question that broke off comes to; the server is told to stop it.</summary>
    async Task<Exception> ToldAsync(Exception fault, ClickHouseOptions options, string queryId, CancellationToken cancellationToken)
    {
        if (fault is OperationCanceledException) await KillAsync(options, queryId);
        if (cancellationToken.IsCancellationRequested) return new OperationCanceledException("the report was called off", fault, cancellationToken);
        return fault is OperationCanceledException
            ? new ClickHouseException($"ClickHouse took longer than {options.Timeout.TotalSeconds:0} s", 159, isPassing: true, fault)
            : new ClickHouseException($"ClickHouse at {options.Url.Host} does not answer", 0, isPassing: true, fault);
    }

    /// <summary>Has the server stop a statement that nobody waits for; one that it can't be told about ends by its own time limit.</summary>
    async Task KillAsync(ClickHouseOptions options, string queryId)
    {
        using var limit = new CancellationTokenSource(WordLimit);
        try
        {
            using var request = Request(options, $"?param_id={queryId}", new StringContent("KILL QUERY WHERE query_id = {id:String} ASYNC"));
            using var response = await http.SendAsync(request, limit.Token);
        }
        catch (Exception fault) when (IsAway(fault))
        {
            // max_execution_time ends it.
        }
    }

    /// <summary>Lines of text, written as they are made.</summary>
    sealed class LinesContent : HttpContent
    {
        readonly IEnumerable<string> lines;

        public LinesContent(IEnumerable<string> lines)
        {
            this.lines = lines;
            Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
            foreach (var line in lines) await writer.WriteLineAsync(line);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}

/// <summary>What questions cost, as the server says.</summary>
sealed class QueryCost
{
    public long Rows { get; private set; }

    public long Bytes { get; private set; }

    public void Add(HttpResponseHeaders headers)
    {
        if (!headers.TryGetValues("X-ClickHouse-Summary", out var values)) return;
        using var summary = JsonDocument.Parse(values.First());
        Rows += Number(summary.RootElement, "read_rows");
        Bytes += Number(summary.RootElement, "read_bytes");
    }

    static long Number(JsonElement summary, string name) =>
        summary.TryGetProperty(name, out var value) && long.TryParse(value.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
