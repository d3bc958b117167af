using System.Reflection;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.V1.OpenApi;

/// <summary><c>GET /api/v1/openapi.json</c>: our own query API described, for clients that are generated. The same for everybody: nothing of a project is in it.</summary>
/// <remarks>Source: OpenAPI Specification 3.1.0. A test compares the document with the routes and asks each of its examples.</remarks>
public sealed class OpenApiRoute
{
    readonly byte[] document = Read();

    public IResult Document() => Results.Bytes(document, "application/json");

    static byte[] Read()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("openapi.json") ?? throw new InvalidOperationException("openapi.json is not built into the assembly");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
