using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Cairn.Storage;

namespace Cairn.Cloud.Blobs;

/// <summary>Blobs in one container of a storage account.</summary>
/// <param name="container">Tries again by itself: for what may be done twice.</param>
/// <param name="once">
/// The same container, each request sent once. A conditional write that happened but whose answer was lost would find its own work on the second try,
/// and "somebody was faster" would be a lie.
/// </param>
sealed class AzureBlobStore(BlobContainerClient container, BlobContainerClient once) : IBlobStore
{
    bool isMade;

    public async Task<string?> PutAsync(string name, ReadOnlyMemory<byte> content, PutCondition condition, CancellationToken cancellationToken)
    {
        BlobNames.Check(name);
        await MakeContainerAsync(cancellationToken);
        var conditions = new BlobRequestConditions();
        if (condition.IfNoneMatch) conditions.IfNoneMatch = ETag.All;
        if (condition.IfMatch is { } version) conditions.IfMatch = new ETag(version);
        var isConditional = condition.IfNoneMatch || condition.IfMatch is not null;
        return await StorageFaults.TellAsync(async () =>
        {
            try
            {
                var written = await (isConditional ? once : container).GetBlobClient(name)
                    .UploadAsync(new BinaryData(content), new BlobUploadOptions { Conditions = conditions }, cancellationToken);
                return Text(written.Value.ETag);
            }
            catch (RequestFailedException refused) when (isConditional && refused.ErrorCode is "BlobAlreadyExists" or "ConditionNotMet")
            {
                return null;
            }
        }, cancellationToken);
    }

    public async Task<IBlobDraft> BeginAsync(string name, CancellationToken cancellationToken)
    {
        BlobNames.Check(name);
        await MakeContainerAsync(cancellationToken);
        return new AzureBlobDraft(this, name, container.GetBlockBlobClient(name), once.GetBlockBlobClient(name));
    }

    public async Task<BlobContent?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        BlobNames.Check(name);
        return await StorageFaults.TellAsync(async () =>
        {
            try
            {
                var read = (await container.GetBlobClient(name).DownloadContentAsync(cancellationToken)).Value;
                return new BlobContent(read.Content.ToMemory(), Text(read.Details.ETag));
            }
            catch (RequestFailedException missing) when (missing.Status == 404)
            {
                return null;
            }
        }, cancellationToken);
    }

    public async Task<BlobEntry?> FindAsync(string name, CancellationToken cancellationToken)
    {
        BlobNames.Check(name);
        return await StorageFaults.TellAsync(async () =>
        {
            try
            {
                var found = (await container.GetBlobClient(name).GetPropertiesAsync(null, cancellationToken)).Value;
                return new BlobEntry(name, found.ContentLength, Text(found.ETag), found.LastModified);
            }
            catch (RequestFailedException missing) when (missing.Status == 404)
            {
                return null;
            }
        }, cancellationToken);
    }

    public async ValueTask<int> ReadRangeAsync(string name, long offset, Memory<byte> into, CancellationToken cancellationToken)
    {
        BlobNames.Check(name);
        // A range of no bytes can't be asked for; one byte tells whether the blob is there.
        var range = new HttpRange(offset, Math.Max(into.Length, 1));
        return await StorageFaults.TellAsync(async () =>
        {
            try
            {
                using var read = (await container.GetBlobClient(name).DownloadStreamingAsync(new BlobDownloadOptions { Range = range }, cancellationToken)).Value;
                return await read.Content.ReadAtLeastAsync(into, into.Length, throwOnEndOfStream: false, cancellationToken);
            }
            catch (RequestFailedException missing) when (missing.Status == 404)
            {
                return -1;
            }
            catch (RequestFailedException pastEnd) when (pastEnd.Status == 416)
            {
                return 0;
            }
        }, cancellationToken);
    }

    public async IAsyncEnumerable<BlobEntry> ListAsync(string prefix, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await MakeContainerAsync(cancellationToken);
        // All four arguments: the shorter forms differ between versions of the package.
        await using var listing = container.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await StorageFaults.MoveNextAsync(listing, cancellationToken))
        {
            var blob = listing.Current;
            if (after is not null && string.CompareOrdinal(blob.Name, after) <= 0) continue;
            yield return new BlobEntry(blob.Name, blob.Properties.ContentLength ?? 0, Text(blob.Properties.ETag ?? default), blob.Properties.LastModified ?? default);
        }
    }

    public async Task<bool> DeleteAsync(string name, CancellationToken cancellationToken)
    {
        BlobNames.Check(name);
        return await StorageFaults.TellAsync(
            async () => (await container.GetBlobClient(name).DeleteIfExistsAsync(DeleteSnapshotsOption.None, null, cancellationToken)).Value, cancellationToken);
    }

    public async Task<IBlobLease?> TryLeaseAsync(string name, TimeSpan duration, CancellationToken cancellationToken)
    {
        BlobNames.Check(name);
        LeaseDuration.Check(duration);
        var lease = container.GetBlobClient(name).GetBlobLeaseClient();
        if (await FindAsync(name, cancellationToken) is null) await PutAsync(name, ReadOnlyMemory<byte>.Empty, PutCondition.IfAbsent, cancellationToken);
        return await StorageFaults.TellAsync<IBlobLease?>(async () =>
        {
            try
            {
                // Taking it twice under one id is the same lease, so this may be tried again.
                await lease.AcquireAsync(duration, null, cancellationToken);
                return new AzureBlobLease(lease);
            }
            catch (RequestFailedException held) when (held.Status == 409)
            {
                return null;
            }
        }, cancellationToken);
    }

    async Task MakeContainerAsync(CancellationToken cancellationToken)
    {
        if (isMade) return;
        await StorageFaults.TellAsync(() => container.CreateIfNotExistsAsync(cancellationToken: cancellationToken), cancellationToken);
        isMade = true;
    }

    /// <summary>With its quotes, which a listing leaves out.</summary>
    static string Text(ETag etag) => etag.ToString("H");

    /// <summary>Blocks that are committed together; those that never are, the service forgets after a week. Source: Microsoft Learn, "Put Block".</summary>
    sealed class AzureBlobDraft(AzureBlobStore store, string name, BlockBlobClient blob, BlockBlobClient once) : IBlobDraft
    {
        readonly List<string> blocks = [];

        public async Task AppendAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
        {
            // The service refuses a block of no bytes.
            if (piece.IsEmpty) return;
            // Ids of one length, as the service asks; a draft of its own has ids of its own.
            var block = Convert.ToBase64String(Guid.NewGuid().ToByteArray());
            await StorageFaults.TellAsync(() => blob.StageBlockAsync(block, new BinaryData(piece).ToStream(), null, cancellationToken), cancellationToken);
            blocks.Add(block);
        }

        public Task<string?> EndAsync(CancellationToken cancellationToken) => StorageFaults.TellAsync<string?>(async () =>
        {
            try
            {
                var written = await once.CommitBlockListAsync(blocks, new CommitBlockListOptions { Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All } }, cancellationToken);
                return Text(written.Value.ETag);
            }
            catch (RequestFailedException refused) when (refused.ErrorCode is "BlobAlreadyExists" or "ConditionNotMet")
            {
                return null;
            }
            catch (RequestFailedException lost) when (lost.ErrorCode == "InvalidBlockList")
            {
                // Whoever writes a blob discards the blocks that others brought for it.
                if (await store.FindAsync(name, cancellationToken) is not null) return null;
                throw;
            }
        }, cancellationToken);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    sealed class AzureBlobLease(BlobLeaseClient lease) : IBlobLease
    {
        public Task<bool> RenewAsync(CancellationToken cancellationToken) => StorageFaults.TellAsync(async () =>
        {
            try
            {
                await lease.RenewAsync(null, cancellationToken);
                return true;
            }
            catch (RequestFailedException lost) when (lost.Status is 409 or 404)
            {
                return false;
            }
        }, cancellationToken);

        public async ValueTask DisposeAsync()
        {
            try
            {
                await lease.ReleaseAsync(null, CancellationToken.None);
            }
            catch (Exception fault) when (fault is RequestFailedException or HttpRequestException or AggregateException or OperationCanceledException)
            {
                // Lost already, or it ends by itself within its duration.
            }
        }
    }
}
