using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Cairn.Shims.Storage;

/// <summary>Where an account's blobs and tables are, and who asks.</summary>
/// <param name="Name">The account's name, for signatures.</param>
/// <param name="Key">Base64; null where a token is used.</param>
sealed record StorageAccount(string Name, string? Key, Uri Blobs, Uri Tables)
{
    /// <summary>Who may use a token: every storage account.</summary>
    const string Scope = "https://storage.azure.com/.default";

    const string AzuriteName = "devstoreaccount1";

    /// <summary>Azurite's and the old emulator's published key: no secret.</summary>
    const string AzuriteKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    /// <summary>Reads a connection string, or <c>UseDevelopmentStorage=true</c> for Azurite at its usual ports.</summary>
    /// <exception cref="FormatException">It names no account, key or place.</exception>
    /// <remarks>Source: Microsoft Learn, "Configure Azure Storage connection strings".</remarks>
    public static StorageAccount Parse(string connectionString)
    {
        var parts = connectionString.Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Select(part => part.Split('=', 2))
            .ToDictionary(part => part[0].Trim(), part => part.Length == 2 ? part[1].Trim() : "", StringComparer.OrdinalIgnoreCase);
        if (parts.TryGetValue("UseDevelopmentStorage", out var development) && development.Equals("true", StringComparison.OrdinalIgnoreCase))
            return new StorageAccount(AzuriteName, AzuriteKey, new Uri($"http://127.0.0.1:10000/{AzuriteName}"), new Uri($"http://127.0.0.1:10002/{AzuriteName}"));
        var name = Part("AccountName");
        return new StorageAccount(name, Part("AccountKey"), Place("Blob"), Place("Table"));

        string Part(string key) => parts.GetValueOrDefault(key) is { Length: > 0 } value ? value : throw new FormatException($"the storage connection string has no {key}");

        Uri Place(string service) => new(parts.GetValueOrDefault(service + "Endpoint")
            ?? $"{parts.GetValueOrDefault("DefaultEndpointsProtocol", "https")}://{name}.{service.ToLowerInvariant()}.{parts.GetValueOrDefault("EndpointSuffix", "core.windows.net")}");
    }

    /// <summary>A pipeline that signs with the key.</summary>
    public HttpPipeline Build(ClientOptions options, Func<StorageAccount, HttpPipelinePolicy> sign) => Build(options, sign(this));

    /// <summary>A pipeline that asks a credential for tokens; https only.</summary>
    public static HttpPipeline Build(ClientOptions options, TokenCredential credential) => Build(options, new BearerTokenAuthenticationPolicy(credential, Scope));

    static HttpPipeline Build(ClientOptions options, HttpPipelinePolicy authorize)
    {
        // A retry is signed anew, for the date is part of the signature.
        var built = new HttpPipelineOptions(options) { RequestFailedDetailsParser = new StorageErrorParser() };
        built.PerRetryPolicies.Add(authorize);
        return HttpPipelineBuilder.Build(built);
    }
}
