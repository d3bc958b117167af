using System.Text.Json;
using Cairn.Api.Answers;
using Cairn.Api.Bodies;
using Cairn.Api.Problems;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.V1;

/// <summary>Reads a request's body as one JSON object.</summary>
static class JsonBody
{
    /// <summary>Settings and names are small; reports, the largest thing sent here, stay far below.</summary>
    public const int MaxBodyBytes = 256 * 1024;

    static readonly JsonDocumentOptions Options = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    /// <returns>The object, or the answer that says why there is none. An empty body counts as <c>{}</c>.</returns>
    public static async Task<(JsonElement Body, IResult? Problem)> ReadAsync(HttpRequest request)
    {
        if (await BoundedBody.ReadAsync(request, MaxBodyBytes, request.HttpContext.RequestAborted) is not { } bytes) return (default, Problem.TooLarge(MaxBodyBytes));
        try
        {
            using var document = JsonDocument.Parse(bytes.IsEmpty ? "{}"u8.ToArray() : bytes, Options);
            if (!JsonTexts.AreWhole(document.RootElement)) return (default, Problem.InvalidBody("A text in it holds half a character."));
            return document.RootElement.ValueKind is JsonValueKind.Object
                ? (document.RootElement.Clone(), null)
                : (default, Problem.InvalidBody($"It is a JSON {document.RootElement.ValueKind.ToString().ToLowerInvariant()}; send an object, with Content-Type application/json."));
        }
        catch (InvalidOperationException)
        {
            // Names are compared while it is read, and one of them can't be: half a character.
            return (default, Problem.InvalidBody("A name in it holds half a character."));
        }
        catch (JsonException e)
        {
            return (default, Problem.InvalidBody($"{e.Message} Send an object, with Content-Type application/json."));
        }
    }
}
