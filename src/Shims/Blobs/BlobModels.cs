namespace Azure.Storage.Blobs.Models;

/// <summary>Who may read a container without a key.</summary>
public enum PublicAccessType
{
    /// <summary>Nobody.</summary>
    None = 0,

    /// <summary>Anybody, and list it.</summary>
    BlobContainer = 1,

    /// <summary>Anybody who knows a blob's name.</summary>
    Blob = 2,
}

/// <summary>What becomes of snapshots.</summary>
public enum DeleteSnapshotsOption
{
    /// <summary>Nothing; a blob with some is not deleted.</summary>
    None = 0,

    /// <summary>They go too.</summary>
    IncludeSnapshots = 1,

    /// <summary>Only they go.</summary>
    OnlySnapshots = 2,
}

/// <summary>What a listing tells beside names and sizes.</summary>
[Flags]
public enum BlobTraits
{
    /// <summary>Nothing.</summary>
    None = 0,
}

/// <summary>Which blobs a listing holds beside committed ones.</summary>
[Flags]
public enum BlobStates
{
    /// <summary>None.</summary>
    None = 0,
}

/// <summary>Encryption of a container; never asked for here.</summary>
public class BlobContainerEncryptionScopeOptions;

/// <summary>What a container is after it was made.</summary>
public class BlobContainerInfo
{
    internal BlobContainerInfo(ETag etag) => ETag = etag;

    /// <summary>Its version.</summary>
    public ETag ETag { get; }
}

/// <summary>What must hold for a request to happen.</summary>
public class BlobLeaseRequestConditions : RequestConditions;

/// <summary>What must hold for a request to happen, the lease included.</summary>
public class BlobRequestConditions : BlobLeaseRequestConditions
{
    /// <summary>The lease that the caller holds.</summary>
    public string? LeaseId { get; set; }
}

/// <summary>How a blob is written.</summary>
public class BlobUploadOptions
{
    /// <summary>What must hold.</summary>
    public BlobRequestConditions? Conditions { get; set; }
}

/// <summary>How a block is brought; nothing of it is asked for here.</summary>
public class BlockBlobStageBlockOptions;

/// <summary>A block that was brought.</summary>
public class BlockInfo
{
    internal BlockInfo()
    {
    }
}

/// <summary>How blocks become a blob.</summary>
public class CommitBlockListOptions
{
    /// <summary>What must hold.</summary>
    public BlobRequestConditions? Conditions { get; set; }
}

/// <summary>How a blob is read.</summary>
public class BlobDownloadOptions
{
    /// <summary>Which bytes.</summary>
    public HttpRange Range { get; set; }
}

/// <summary>A blob after it was written.</summary>
public class BlobContentInfo
{
    internal BlobContentInfo(ETag etag) => ETag = etag;

    /// <summary>Its version.</summary>
    public ETag ETag { get; }
}

/// <summary>What came with a blob's bytes.</summary>
public class BlobDownloadDetails
{
    internal BlobDownloadDetails(ETag etag) => ETag = etag;

    /// <summary>The blob's version.</summary>
    public ETag ETag { get; }
}

/// <summary>A blob's bytes.</summary>
public class BlobDownloadResult
{
    internal BlobDownloadResult(BinaryData content, BlobDownloadDetails details) => (Content, Details) = (content, details);

    /// <summary>All of them.</summary>
    public BinaryData Content { get; }

    /// <summary>What came with them.</summary>
    public BlobDownloadDetails Details { get; }
}

/// <summary>A blob's bytes as they arrive.</summary>
public class BlobDownloadStreamingResult : IDisposable
{
    internal BlobDownloadStreamingResult(Stream content) => Content = content;

    /// <summary>To be read once.</summary>
    public Stream Content { get; }

    /// <summary>Ends the download.</summary>
    public void Dispose()
    {
        Content.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>A blob without its bytes.</summary>
public class BlobProperties
{
    internal BlobProperties(ETag etag, long contentLength, DateTimeOffset lastModified) => (ETag, ContentLength, LastModified) = (etag, contentLength, lastModified);

    /// <summary>Its version.</summary>
    public ETag ETag { get; }

    /// <summary>Bytes.</summary>
    public long ContentLength { get; }

    /// <summary>When it was last written.</summary>
    public DateTimeOffset LastModified { get; }
}

/// <summary>A blob in a listing.</summary>
public class BlobItem
{
    internal BlobItem(string name, BlobItemProperties properties) => (Name, Properties) = (name, properties);

    /// <summary>Its name in the container.</summary>
    public string Name { get; }

    /// <summary>Size and version.</summary>
    public BlobItemProperties Properties { get; }
}

/// <summary>Size and version of a blob in a listing.</summary>
public class BlobItemProperties
{
    internal BlobItemProperties(ETag etag, long contentLength, DateTimeOffset lastModified) => (ETag, ContentLength, LastModified) = (etag, contentLength, lastModified);

    /// <summary>Its version.</summary>
    public ETag? ETag { get; }

    /// <summary>Bytes.</summary>
    public long? ContentLength { get; }

    /// <summary>When it was last written.</summary>
    public DateTimeOffset? LastModified { get; }
}

/// <summary>A lease that was taken.</summary>
public class BlobLease
{
    internal BlobLease(string leaseId) => LeaseId = leaseId;

    /// <summary>What proves it.</summary>
    public string LeaseId { get; }
}

/// <summary>A blob whose lease was given back.</summary>
public class ReleasedObjectInfo
{
    internal ReleasedObjectInfo(ETag etag) => ETag = etag;

    /// <summary>Its version.</summary>
    public ETag ETag { get; }
}
