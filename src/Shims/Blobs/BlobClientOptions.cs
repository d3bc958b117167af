using Azure.Core;

namespace Azure.Storage.Blobs;

/// <summary>How blob clients behave: retries, time limits and transport as everywhere in Azure.Core.</summary>
/// <remarks>Source: Azure.Storage.Blobs.</remarks>
public class BlobClientOptions : ClientOptions
{
    /// <summary>With the protocol version that the client speaks.</summary>
    public BlobClientOptions(ServiceVersion version = ServiceVersion.V2021_12_02) => Version = version;

    /// <summary>Which protocol version.</summary>
    internal ServiceVersion Version { get; }

    /// <summary>Protocol versions.</summary>
    public enum ServiceVersion
    {
        /// <summary>Known to Azure since 2021 and to every Azurite in use.</summary>
        V2021_12_02 = 15,
    }
}
