using System.Globalization;
using System.Xml.Linq;
using Azure.Core;
using Azure.Storage.Blobs.Models;
using Cairn.Shims.Storage;

namespace Azure.Storage.Blobs.Specialized;

/// <summary>A blob that is made of blocks.</summary>
/// <remarks>Source: Azure.Storage.Blobs; the members that the app uses. Protocol: Microsoft Learn, "Put Block" and "Put Block List".</remarks>
public class BlockBlobClient : BlobBaseClient
{
    internal BlockBlobClient(BlobRequests requests, Uri uri)
        : base(requests, uri)
    {
    }

    /// <summary>Brings a block that is part of nothing yet.</summary>
    /// <param name="base64BlockId">All of a blob's are equally long.</param>
    public virtual async Task<Response<BlockInfo>> StageBlockAsync(
        string base64BlockId, Stream content, BlockBlobStageBlockOptions? options = null, CancellationToken cancellationToken = default)
    {
        using var message = Requests.Create(RequestMethod.Put, Uri, ("comp", "block"), ("blockid", base64BlockId));
        message.Request.Headers.SetValue("Content-Length", (content.Length - content.Position).ToString(CultureInfo.InvariantCulture));
        message.Request.Content = RequestContent.Create(content);
        return Response.FromValue(new BlockInfo(), await Requests.SendAsync(message, cancellationToken, 201));
    }

    /// <summary>Makes the blob of these blocks, in this order.</summary>
    /// <exception cref="RequestFailedException">BlobAlreadyExists (409) or ConditionNotMet (412) where the conditions do not hold.</exception>
    public virtual async Task<Response<BlobContentInfo>> CommitBlockListAsync(
        IEnumerable<string> base64BlockIds, CommitBlockListOptions options, CancellationToken cancellationToken = default)
    {
        using var message = Requests.Create(RequestMethod.Put, Uri, ("comp", "blocklist"));
        message.Request.Headers.SetValue("Content-Type", "application/xml");
        message.Request.Headers.SetValue("x-ms-blob-content-type", "application/octet-stream");
        BlobRequests.AddConditions(message.Request, options.Conditions);
        var list = new BinaryData(new XElement("BlockList", base64BlockIds.Select(id => new XElement("Latest", id))).ToString(SaveOptions.DisableFormatting));
        message.Request.Headers.SetValue("Content-Length", list.ToMemory().Length.ToString(CultureInfo.InvariantCulture));
        message.Request.Content = RequestContent.Create(list);
        var answer = await Requests.SendAsync(message, cancellationToken, 201);
        return Response.FromValue(new BlobContentInfo(BlobRequests.ETagOf(answer)), answer);
    }
}
