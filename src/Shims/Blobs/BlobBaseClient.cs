using Azure.Core;
using Azure.Storage.Blobs.Models;
using Cairn.Shims.Storage;

namespace Azure.Storage.Blobs.Specialized;

/// <summary>A blob of any type.</summary>
/// <remarks>Source: Azure.Storage.Blobs; the members that the app uses.</remarks>
public class BlobBaseClient
{
    internal BlobBaseClient(BlobRequests requests, Uri uri) => (Requests, Uri) = (requests, uri);

    /// <summary>Where it is.</summary>
    public virtual Uri Uri { get; }

    internal BlobRequests Requests { get; }

    /// <summary>Reads all of it.</summary>
    /// <exception cref="RequestFailedException">BlobNotFound (404) and others.</exception>
    public virtual async Task<Response<BlobDownloadResult>> DownloadContentAsync(CancellationToken cancellationToken)
    {
        using var message = Requests.Create(RequestMethod.Get, Uri);
        var answer = await Requests.SendAsync(message, cancellationToken, 200);
        return Response.FromValue(new BlobDownloadResult(answer.Content, new BlobDownloadDetails(BlobRequests.ETagOf(answer))), answer);
    }

    /// <summary>Begins to read some of it.</summary>
    /// <exception cref="RequestFailedException">BlobNotFound (404), InvalidRange (416) where it begins past the end, and others.</exception>
    public virtual async Task<Response<BlobDownloadStreamingResult>> DownloadStreamingAsync(BlobDownloadOptions? options = null, CancellationToken cancellationToken = default)
    {
        using var message = Requests.Create(RequestMethod.Get, Uri);
        message.BufferResponse = false;
        if (options is { } given && given.Range != default) message.Request.Headers.SetValue("x-ms-range", given.Range.ToString());
        var answer = await Requests.SendAsync(message, cancellationToken, 200, 206);
        return Response.FromValue(new BlobDownloadStreamingResult(message.ExtractResponseContent()!), answer);
    }

    /// <summary>Size and version.</summary>
    /// <exception cref="RequestFailedException">BlobNotFound (404) and others.</exception>
    public virtual async Task<Response<BlobProperties>> GetPropertiesAsync(BlobRequestConditions? conditions = null, CancellationToken cancellationToken = default)
    {
        using var message = Requests.Create(RequestMethod.Head, Uri);
        BlobRequests.AddConditions(message.Request, conditions);
        var answer = await Requests.SendAsync(message, cancellationToken, 200);
        return Response.FromValue(new BlobProperties(BlobRequests.ETagOf(answer), BlobRequests.LengthOf(answer), BlobRequests.LastModifiedOf(answer)), answer);
    }

    /// <summary>Deletes it; false where there was none.</summary>
    public virtual async Task<Response<bool>> DeleteIfExistsAsync(
        DeleteSnapshotsOption snapshotsOption = DeleteSnapshotsOption.None, BlobRequestConditions? conditions = null, CancellationToken cancellationToken = default)
    {
        using var message = Requests.Create(RequestMethod.Delete, Uri);
        if (snapshotsOption != DeleteSnapshotsOption.None)
            message.Request.Headers.SetValue("x-ms-delete-snapshots", snapshotsOption == DeleteSnapshotsOption.OnlySnapshots ? "only" : "include");
        BlobRequests.AddConditions(message.Request, conditions);
        try
        {
            return Response.FromValue(true, await Requests.SendAsync(message, cancellationToken, 202));
        }
        catch (RequestFailedException fault) when (fault.ErrorCode is "BlobNotFound" or "ContainerNotFound")
        {
            return Response.FromValue(false, message.Response);
        }
    }
}
