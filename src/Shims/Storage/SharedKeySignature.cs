using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Cairn.Shims.Storage;

/// <summary>Signs requests with an account's key.</summary>
/// <remarks>Source: Microsoft Learn, "Authorize with Shared Key".</remarks>
abstract class SharedKeySignature(StorageAccount account) : HttpPipelineSynchronousPolicy
{
    readonly byte[] key = Convert.FromBase64String(account.Key!);

    public override void OnSendingRequest(HttpMessage message)
    {
        var request = message.Request;
        request.Headers.SetValue("x-ms-date", DateText());
        var signature = Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(TextToSign(request))));
        request.Headers.SetValue("Authorization", $"{Scheme} {account.Name}:{signature}");
    }

    /// <summary>SharedKey or SharedKeyLite.</summary>
    protected abstract string Scheme { get; }

    /// <summary>What is signed.</summary>
    protected abstract string TextToSign(Request request);

    /// <summary>"/account" and the path as sent; an emulator's path begins with the account once more.</summary>
    protected string Resource(Request request) => $"/{account.Name}{request.Uri.ToUri().AbsolutePath}";

    /// <summary>A header's value, empty where there is none.</summary>
    protected static string Header(Request request, string name) => request.Headers.TryGetValue(name, out var value) ? value ?? "" : "";

    // A signature holds for 15 minutes of the service's own clock, so it is the machine's clock that must be asked.
#pragma warning disable RS0030
    static string DateText() => DateTimeOffset.UtcNow.ToString("R", CultureInfo.InvariantCulture);
#pragma warning restore RS0030
}

/// <summary>The signature of the Blob service.</summary>
sealed class BlobSignature(StorageAccount account) : SharedKeySignature(account)
{
    static readonly string[] SignedHeaders =
        ["Content-Encoding", "Content-Language", "Content-Length", "Content-MD5", "Content-Type", "Date", "If-Modified-Since", "If-Match", "If-None-Match", "If-Unmodified-Since", "Range"];

    protected override string Scheme => "SharedKey";

    protected override string TextToSign(Request request)
    {
        var text = new StringBuilder().Append(request.Method.Method).Append('\n');
        foreach (var name in SignedHeaders)
        {
            var value = Header(request, name);
            text.Append(name == "Content-Length" && value == "0" ? "" : value).Append('\n');
        }
        foreach (var header in request.Headers.Where(header => header.Name.StartsWith("x-ms-", StringComparison.OrdinalIgnoreCase)).OrderBy(header => header.Name.ToLowerInvariant(), StringComparer.Ordinal))
            text.Append(header.Name.ToLowerInvariant()).Append(':').Append(header.Value.Trim()).Append('\n');
        text.Append(Resource(request));
        foreach (var (name, value) in Query(request).OrderBy(pair => pair.Name, StringComparer.Ordinal)) text.Append('\n').Append(name).Append(':').Append(value);
        return text.ToString();
    }

    static IEnumerable<(string Name, string Value)> Query(Request request) => request.Uri.ToUri().Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(part => part.Split('=', 2))
        .Select(part => (Uri.UnescapeDataString(part[0]).ToLowerInvariant(), part.Length == 2 ? Uri.UnescapeDataString(part[1]) : ""));
}

/// <summary>The signature of the Table service, in its short form.</summary>
sealed class TableSignature(StorageAccount account) : SharedKeySignature(account)
{
    protected override string Scheme => "SharedKeyLite";

    protected override string TextToSign(Request request) => $"{Header(request, "x-ms-date")}\n{Resource(request)}";
}
