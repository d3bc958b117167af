namespace Cairn.Ingestion.Amplitude;

/// <summary>What Amplitude's upload endpoints accept at most.</summary>
/// <remarks>Source: Amplitude docs, "HTTP V2 API", "Upload limit", "Considerations"; "Batch Event Upload API", "Limits".</remarks>
public static class AmplitudeLimits
{
    /// <summary>Bytes of an inflated body of /2/httpapi, /httpapi, /identify and the like: 1 MB.</summary>
    public const int MaxBodyBytes = 1024 * 1024;

    /// <summary>Bytes of an inflated body of /batch: 20 MB.</summary>
    public const int MaxBatchBodyBytes = 20 * 1024 * 1024;

    public const int MaxEventsPerRequest = 2000;

    /// <summary>Levels of objects and arrays in a properties object.</summary>
    public const int MaxDepth = 40;

    /// <summary>Characters of a user or device id, and of an event type.</summary>
    public const int MaxNameChars = 1024;

    /// <summary>Characters of an id unless <c>options.min_id_length</c> says otherwise.</summary>
    public const int DefaultMinIdChars = 5;

    /// <summary>Bytes of one event, as it stands in the body: what fits into one message of the stream with everything added.</summary>
    public const int MaxEventBytes = StreamLimits.MaxLoneMessageBytes - 64 * 1024;

    /// <summary>Group types on one event; the vendor drops what is more.</summary>
    public const int MaxGroupTypes = 5;

    /// <summary>Values of all groups on one event; the vendor drops what is more.</summary>
    public const int MaxGroupValues = 10;

    /// <summary>Properties in one update: what the vendor's SDKs send at most (Python, Go, Java 1024; TypeScript 1000).</summary>
    public const int MaxPropertiesPerUpdate = 1024;
}
