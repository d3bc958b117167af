using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Cairn.Support;

namespace Cairn.EndToEnd.Sdks;

/// <summary>Requests byte by byte as Python's HTTP libraries write them, over a bare socket: no client of ours puts headers in order or escapes a text.</summary>
/// <remarks>
/// Recorded from Python 3.11 against a listening socket. <c>requests</c> 2.34 (under Mixpanel's <c>Consumer</c>) sends a form by <c>urlencode</c> and keeps its connection;
/// <c>urllib.request</c> (under Amplitude's <c>HttpClient</c>) sends JSON by <c>json.dumps</c> with a blank after each colon and comma, and closes.
/// Both escape what is not ASCII, as <c>json.dumps</c> does unless told otherwise.
/// </remarks>
sealed class PythonWire(Uri server) : IDisposable
{
    const string Line = "\r\n";

    TcpClient? session;

    /// <summary><c>requests.Session().post(url, data=fields, auth=(user, ""))</c>, on the session's one connection.</summary>
    public async Task<(int Status, JsonElement Body)> PostFormAsync(string path, string? user, params (string Name, string Value)[] fields)
    {
        session ??= new(server.Host, server.Port);
        var body = string.Join('&', fields.Select(field => $"{field.Name}={QuotePlus(field.Value)}"));
        var authorization = user is null ? "" : $"Authorization: Basic {Convert.ToBase64String(Encoding.Latin1.GetBytes(user + ":"))}{Line}";
        return await SendAsync(session.GetStream(),
            $"POST {path} HTTP/1.1{Line}Host: {server.Authority}{Line}User-Agent: python-requests/2.34.2{Line}Accept-Encoding: gzip, deflate{Line}Accept: */*{Line}"
            + $"Connection: keep-alive{Line}Content-Length: {body.Length}{Line}Content-Type: application/x-www-form-urlencoded{Line}{authorization}{Line}{body}");
    }

    /// <summary><c>urllib.request.urlopen(Request(url, data=json, headers=JSON_HEADER))</c>, on a connection of its own.</summary>
    public async Task<(int Status, JsonElement Body)> PostJsonAsync(string path, string json)
    {
        using var connection = new TcpClient(server.Host, server.Port);
        return await SendAsync(connection.GetStream(),
            $"POST {path} HTTP/1.1{Line}Accept-Encoding: identity{Line}Content-Length: {json.Length}{Line}Host: {server.Authority}{Line}User-Agent: Python-urllib/3.11{Line}"
            + $"Content-Type: application/json; charset=UTF-8{Line}Accept: */*{Line}Connection: close{Line}{Line}{json}");
    }

    public void Dispose() => session?.Dispose();

    /// <summary>Both clients read the answer as JSON whatever its status, and Amplitude's takes <c>code</c> from it.</summary>
    static async Task<(int, JsonElement)> SendAsync(NetworkStream stream, string request)
    {
        using var limit = new CancellationTokenSource(Eventually.Limit);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), limit.Token);
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith(Line + Line, StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one, limit.Token);
            head.Append((char)one[0]);
        }
        var lines = head.ToString().Split(Line, StringSplitOptions.RemoveEmptyEntries);
        var length = lines.Single(line => line.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase))["Content-Length: ".Length..];
        var body = new byte[int.Parse(length, System.Globalization.CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, limit.Token);
        return (int.Parse(lines[0].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture), JsonDocument.Parse(body).RootElement);
    }

    /// <summary><c>urllib.parse.quote_plus</c>: letters, digits and <c>_.-~</c> stay, a blank is a plus, all else is percent and upper-case hex.</summary>
    static string QuotePlus(string text) => Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);
}
