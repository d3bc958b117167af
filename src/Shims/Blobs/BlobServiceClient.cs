using Azure.Core;
using Cairn.Shims.Storage;

namespace Azure.Storage.Blobs;

/// <summary>An account's blobs.</summary>
/// <remarks>Source: Azure.Storage.Blobs; the members that the app uses, over the service's REST protocol.</remarks>
public class BlobServiceClient
{
    readonly BlobRequests requests;

    /// <summary>By connection string.</summary>
    public BlobServiceClient(string connectionString, BlobClientOptions? options)
    {
        var account = StorageAccount.Parse(connectionString);
        requests = new BlobRequests(account.Build(options ?? new BlobClientOptions(), found => new BlobSignature(found)));
        Uri = account.Blobs;
    }

    /// <summary>By a credential's tokens; https only.</summary>
    public BlobServiceClient(Uri serviceUri, TokenCredential credential, BlobClientOptions? options = null)
    {
        requests = new BlobRequests(StorageAccount.Build(options ?? new BlobClientOptions(), credential));
        Uri = serviceUri;
    }

    /// <summary>Where the account is.</summary>
    public virtual Uri Uri { get; }

    /// <summary>A container of it, made or not.</summary>
    public virtual BlobContainerClient GetBlobContainerClient(string blobContainerName) => new(requests, new Uri($"{Uri.AbsoluteUri.TrimEnd('/')}/{blobContainerName}"));
}
