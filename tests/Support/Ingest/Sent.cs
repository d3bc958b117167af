using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Cairn.Support.Ingest;

/// <summary>A request made by hand for a handler, without a server.</summary>
public static class Sent
{
    /// <summary>What a capture's SDK sent, byte for byte.</summary>
    public static HttpRequest As(Capture capture)
    {
        var request = Make(capture.Method, capture.Path, capture.QueryString, capture.Body);
        foreach (var (name, value) in capture.Headers)
            if (name != "content-length") request.Headers[name] = value;
        return request;
    }

    /// <summary>A JSON body.</summary>
    public static HttpRequest Json(string path, string json) => Body(path, Encoding.UTF8.GetBytes(json), "application/json");

    /// <summary>A form, percent-encoded.</summary>
    public static HttpRequest Form(string path, params (string Name, string Value)[] fields) =>
        Body(path, Encoding.ASCII.GetBytes(Encode(fields)), "application/x-www-form-urlencoded");

    /// <summary>A GET with its fields in the query.</summary>
    public static HttpRequest Get(string path, params (string Name, string Value)[] fields) =>
        Make("GET", path, fields.Length == 0 ? "" : "?" + Encode(fields), []);

    /// <summary>Any body.</summary>
    public static HttpRequest Body(string path, byte[] body, string contentType)
    {
        var request = Make("POST", path, "", body);
        request.ContentType = contentType;
        return request;
    }

    /// <summary>A body as gzip.</summary>
    public static byte[] Gzip(byte[] body)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest)) gzip.Write(body);
        return buffer.ToArray();
    }

    static string Encode((string Name, string Value)[] fields) =>
        string.Join('&', fields.Select(field => $"{field.Name}={Uri.EscapeDataString(field.Value)}"));

    static HttpRequest Make(string method, string path, string query, byte[] body)
    {
        var http = new DefaultHttpContext();
        http.Request.Method = method;
        http.Request.Scheme = "http";
        http.Request.Host = new("127.0.0.1:18080");
        http.Request.Path = path;
        http.Request.QueryString = new(query);
        http.Request.Body = new MemoryStream(body);
        http.Request.ContentLength = body.Length;
        http.Response.Body = new MemoryStream();
        return http.Request;
    }
}

/// <summary>What a handler answered.</summary>
public sealed record Answer(int Status, string Text, IHeaderDictionary Headers)
{
    /// <summary>The body as JSON.</summary>
    public JsonNode Json => JsonNode.Parse(Text)!;

    /// <summary>Runs a result and reads what it wrote.</summary>
    public static async Task<Answer> ToAsync(HttpRequest request, Task<IResult> result)
    {
        await (await result).ExecuteAsync(request.HttpContext);
        var response = request.HttpContext.Response;
        return new(response.StatusCode, Encoding.UTF8.GetString(((MemoryStream)response.Body).ToArray()), response.Headers);
    }
}
