using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.RegularExpressions;
using Azure;
using Azure.Core;

namespace Cairn.Shims.Storage;

/// <summary>Reads a storage service's error: its code stands in a header, its message in XML (blobs) or JSON (tables).</summary>
/// <remarks>Source: Microsoft Learn, "Status and error codes" of the Blob and Table service REST API.</remarks>
sealed partial class StorageErrorParser : RequestFailedDetailsParser
{
    public override bool TryParse(Response response, [NotNullWhen(true)] out ResponseError? error, out IDictionary<string, string>? data)
    {
        data = null;
        error = null;
        var body = response.ContentStream is MemoryStream ? response.Content.ToString() : "";
        var (code, message) = body.StartsWith('{') ? ReadJson(body) : ReadXml(body);
        if (response.Headers.TryGetValue("x-ms-error-code", out var header)) code = header;
        if (code is null) return false;
        error = new ResponseError(code, message ?? response.ReasonPhrase);
        return true;
    }

    static (string?, string?) ReadXml(string body) =>
        (CodeElement().Match(body) is { Success: true } code ? code.Groups[1].Value : null, MessageElement().Match(body) is { Success: true } message ? message.Groups[1].Value : null);

    static (string?, string?) ReadJson(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.TryGetProperty("odata.error", out var error)
                ? (error.GetProperty("code").GetString(), error.GetProperty("message").GetProperty("value").GetString())
                : (null, null);
        }
        catch (Exception unreadable) when (unreadable is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // Something between us and the service answered; status and reason tell enough.
            return (null, null);
        }
    }

    [GeneratedRegex("<Code>([^<]+)</Code>")]
    private static partial Regex CodeElement();

    [GeneratedRegex("<Message>([^<]+)</Message>")]
    private static partial Regex MessageElement();
}
