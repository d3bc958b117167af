using System.Globalization;
using Azure.Core;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Cairn.Shims.Storage;

namespace Azure.Storage.Blobs;

/// <summary>A block blob.</summary>
/// <remarks>Source: Azure.Storage.Blobs; the members that the app uses.</remarks>
public class BlobClient : BlobBaseClient
{
    internal BlobClient(BlobRequests requests, Uri uri)
        : base(requests, uri)
    {
    }

    /// <summary>Writes all of it at once.</summary>
    /// <exception cref="RequestFailedException">BlobAlreadyExists (409) or ConditionNotMet (412) where the conditions do not hold.</exception>
    public virtual async Task<Response<BlobContentInfo>> UploadAsync(BinaryData content, BlobUploadOptions options, CancellationToken cancellationToken = default)
    {
        using var message = Requests.Create(RequestMethod.Put, Uri);
        message.Request.Headers.SetValue("x-ms-blob-type", "BlockBlob");
        message.Request.Headers.SetValue("Content-Type", "application/octet-stream");
        BlobRequests.AddConditions(message.Request, options.Conditions);
        var bytes = content.ToMemory();
        // It is part of the signature, so it has to stand there before the transport would add it.
        message.Request.Headers.SetValue("Content-Length", bytes.Length.ToString(CultureInfo.InvariantCulture));
        message.Request.Content = RequestContent.Create(bytes);
        var answer = await Requests.SendAsync(message, cancellationToken, 201);
        return Response.FromValue(new BlobContentInfo(BlobRequests.ETagOf(answer)), answer);
    }
}
