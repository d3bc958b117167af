using System.Globalization;
using Azure.Core;
using Azure.Storage.Blobs.Models;
using Cairn.Shims.Storage;

namespace Azure.Storage.Blobs.Specialized;

/// <summary>The lease of a blob.</summary>
/// <remarks>Source: Azure.Storage.Blobs; the members that the app uses. Protocol: Microsoft Learn, "Lease Blob".</remarks>
public class BlobLeaseClient
{
    readonly BlobBaseClient blob;

    internal BlobLeaseClient(BlobBaseClient blob, string leaseId) => (this.blob, LeaseId) = (blob, leaseId);

    /// <summary>What proves the lease.</summary>
    public virtual string LeaseId { get; }

    /// <summary>Takes it for 15 to 60 seconds.</summary>
    /// <exception cref="RequestFailedException">LeaseAlreadyPresent (409), BlobNotFound (404) and others.</exception>
    public virtual async Task<Response<BlobLease>> AcquireAsync(TimeSpan duration, RequestConditions? conditions = null, CancellationToken cancellationToken = default)
    {
        var answer = await SendAsync("acquire", duration, conditions, 201, cancellationToken);
        return Response.FromValue(new BlobLease(LeaseId), answer);
    }

    /// <summary>Starts its time anew.</summary>
    /// <exception cref="RequestFailedException">Somebody else holds it (409) and others.</exception>
    public virtual async Task<Response<BlobLease>> RenewAsync(RequestConditions? conditions = null, CancellationToken cancellationToken = default) =>
        Response.FromValue(new BlobLease(LeaseId), await SendAsync("renew", null, conditions, 200, cancellationToken));

    /// <summary>Gives it back.</summary>
    /// <exception cref="RequestFailedException">Somebody else holds it (409) and others.</exception>
    public virtual async Task<Response<ReleasedObjectInfo>> ReleaseAsync(RequestConditions? conditions = null, CancellationToken cancellationToken = default)
    {
        var answer = await SendAsync("release", null, conditions, 200, cancellationToken);
        return Response.FromValue(new ReleasedObjectInfo(BlobRequests.ETagOf(answer)), answer);
    }

    async Task<Response> SendAsync(string action, TimeSpan? duration, RequestConditions? conditions, int expected, CancellationToken cancellationToken)
    {
        using var message = blob.Requests.Create(RequestMethod.Put, blob.Uri, ("comp", "lease"));
        message.Request.Headers.SetValue("x-ms-lease-action", action);
        if (duration is { } time)
        {
            message.Request.Headers.SetValue("x-ms-lease-duration", ((int)time.TotalSeconds).ToString(CultureInfo.InvariantCulture));
            message.Request.Headers.SetValue("x-ms-proposed-lease-id", LeaseId);
        }
        else
        {
            message.Request.Headers.SetValue("x-ms-lease-id", LeaseId);
        }
        BlobRequests.AddConditions(message.Request, conditions);
        return await blob.Requests.SendAsync(message, cancellationToken, expected);
    }
}

/// <summary>Ways to clients of special uses.</summary>
public static class SpecializedBlobExtensions
{
    /// <summary>A blob of a container as one of blocks.</summary>
    public static BlockBlobClient GetBlockBlobClient(this BlobContainerClient client, string blobName) => client.BlockBlob(blobName);

    /// <summary>The lease of a blob, under a given or a new id.</summary>
    public static BlobLeaseClient GetBlobLeaseClient(this BlobBaseClient client, string? leaseId = null) => new(client, leaseId ?? Guid.NewGuid().ToString());
}
