using Azure.Core;

namespace Azure.Storage.Blobs;

/// <summary>How blob clients behave: retries, time limits and transport as everywhere in Azure.Core.</summary>
/// <remarks>Source: Azure.Storage.Blobs; the service version stays the client's own.</remarks>
public class BlobClientOptions : ClientOptions;
