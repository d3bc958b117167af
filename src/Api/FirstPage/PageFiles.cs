using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Cairn.Api.FirstPage;

/// <summary>The first page's own files (src/Dashboard/first-page), built into the assembly: a Functions app has no static files.</summary>
public sealed class PageFiles
{
    /// <summary>Scripts, styles, pictures and calls come from this server alone; nobody frames the page.</summary>
    const string Policy = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

    const string Prefix = "first-page/";

    readonly FrozenDictionary<string, PageFile> files = Load();

    /// <summary>Answers with the page itself.</summary>
    public IResult Index(HttpRequest request) => File(request, "index.html");

    /// <summary>Answers with a file by its name, 304 where the browser has it, 404 where there is none.</summary>
    public IResult File(HttpRequest request, string name)
    {
        if (!files.TryGetValue(name, out var file)) return Results.NotFound();
        var headers = request.HttpContext.Response.Headers;
        // Asked again each time, answered 304: an upgrade shows at once.
        headers.CacheControl = "no-cache";
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        return Results.Bytes(file.Bytes, file.ContentType, entityTag: file.ETag);
    }

    static FrozenDictionary<string, PageFile> Load()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToFrozenDictionary(name => name[Prefix.Length..], name =>
            {
                using var stream = assembly.GetManifestResourceStream(name)!;
                var bytes = new byte[stream.Length];
                stream.ReadExactly(bytes);
                return new PageFile(bytes, new($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]}\""), ContentTypeOf(name));
            });
    }

    static string ContentTypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        var other => throw new InvalidOperationException($"{name}: say what content type {other} has"),
    };

    sealed record PageFile(byte[] Bytes, EntityTagHeaderValue ETag, string ContentType);
}
