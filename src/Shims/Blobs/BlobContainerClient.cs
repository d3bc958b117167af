using System.Globalization;
using System.Xml.Linq;
using Azure.Core;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Cairn.Shims.Storage;

namespace Azure.Storage.Blobs;

/// <summary>A container of blobs.</summary>
/// <remarks>Source: Azure.Storage.Blobs; the members that the app uses.</remarks>
public class BlobContainerClient
{
    readonly BlobRequests requests;

    internal BlobContainerClient(BlobRequests requests, Uri uri) => (this.requests, Uri) = (requests, uri);

    /// <summary>Where it is.</summary>
    public virtual Uri Uri { get; }

    /// <summary>A blob of it, there or not; every character of a name but the slash is escaped.</summary>
    public virtual BlobClient GetBlobClient(string blobName) => new(requests, UriOf(blobName));

    internal BlockBlobClient BlockBlob(string blobName) => new(requests, UriOf(blobName));

    Uri UriOf(string blobName) => new($"{Uri.AbsoluteUri}/{string.Join('/', blobName.Split('/').Select(System.Uri.EscapeDataString))}");

    /// <summary>Makes it; null where it was there.</summary>
    public virtual async Task<Response<BlobContainerInfo>?> CreateIfNotExistsAsync(
        PublicAccessType publicAccessType = PublicAccessType.None,
        IDictionary<string, string>? metadata = null,
        BlobContainerEncryptionScopeOptions? encryptionScopeOptions = null,
        CancellationToken cancellationToken = default)
    {
        using var message = requests.Create(RequestMethod.Put, Uri, ("restype", "container"));
        try
        {
            var answer = await requests.SendAsync(message, cancellationToken, 201);
            return Response.FromValue(new BlobContainerInfo(BlobRequests.ETagOf(answer)), answer);
        }
        catch (RequestFailedException fault) when (fault.ErrorCode == "ContainerAlreadyExists")
        {
            return null;
        }
    }

    /// <summary>All blobs whose names begin with the prefix, in order of names.</summary>
    public virtual AsyncPageable<BlobItem> GetBlobsAsync(BlobTraits traits, BlobStates states, string prefix, CancellationToken cancellationToken) =>
        new Listing(this, prefix, cancellationToken);

    async Task<Page<BlobItem>> ListAsync(string prefix, string? marker, int? pageSize, CancellationToken cancellationToken)
    {
        using var message = requests.Create(RequestMethod.Get, Uri, ("restype", "container"), ("comp", "list"));
        if (!string.IsNullOrEmpty(prefix)) message.Request.Uri.AppendQuery("prefix", prefix);
        if (!string.IsNullOrEmpty(marker)) message.Request.Uri.AppendQuery("marker", marker);
        if (pageSize is { } most) message.Request.Uri.AppendQuery("maxresults", most.ToString(CultureInfo.InvariantCulture));
        var answer = await requests.SendAsync(message, cancellationToken, 200);
        var listed = XDocument.Load(answer.ContentStream!).Root!;
        var items = listed.Element("Blobs")!.Elements("Blob").Select(Read).ToList();
        return Page<BlobItem>.FromValues(items, listed.Element("NextMarker")?.Value is { Length: > 0 } next ? next : null, answer);
    }

    static BlobItem Read(XElement blob)
    {
        var properties = blob.Element("Properties")!;
        return new BlobItem(blob.Element("Name")!.Value, new BlobItemProperties(
            new ETag(properties.Element("Etag")!.Value.Trim('"')),
            long.Parse(properties.Element("Content-Length")!.Value, CultureInfo.InvariantCulture),
            DateTimeOffset.Parse(properties.Element("Last-Modified")!.Value, CultureInfo.InvariantCulture)));
    }

    sealed class Listing(BlobContainerClient container, string prefix, CancellationToken cancellationToken) : AsyncPageable<BlobItem>(cancellationToken)
    {
        public override async IAsyncEnumerable<Page<BlobItem>> AsPages(string? continuationToken = null, int? pageSizeHint = null)
        {
            do
            {
                var page = await container.ListAsync(prefix, continuationToken, pageSizeHint, CancellationToken);
                yield return page;
                continuationToken = page.ContinuationToken;
            }
            while (continuationToken is not null);
        }
    }
}
