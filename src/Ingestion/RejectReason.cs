namespace Cairn.Ingestion;

/// <summary>Why a record was turned away. Counted, and sent to SDKs: the numbers are for ever.</summary>
public enum RejectReason
{
    None = 0,

    /// <summary>The body is no JSON, or the base64 around it is none.</summary>
    MalformedJson = 1,

    /// <summary>A record is no JSON object.</summary>
    NotAnObject = 2,

    /// <summary>A text is no valid UTF-8.</summary>
    InvalidUtf8 = 3,

    /// <summary>No body, or no payload in it.</summary>
    MissingData = 4,

    /// <summary>The checksum that the sender put beside the data is not the data's.</summary>
    WrongChecksum = 5,

    /// <summary>The body breaks the rules by which it is carried: a chunk without a length, an end before the length that was announced.</summary>
    BrokenBody = 6,

    /// <summary>No event name.</summary>
    MissingName = 10,
    NameTooLong = 11,

    /// <summary>No properties object.</summary>
    MissingProperties = 12,

    /// <summary>No id that says who.</summary>
    MissingDistinctId = 20,
    IdTooLong = 21,

    /// <summary>Shorter than Amplitude's min_id_length.</summary>
    IdTooShort = 22,

    /// <summary>An id that stands for nobody: "null", "undefined", "anonymous", …</summary>
    BlockedId = 23,

    /// <summary>No time where the endpoint requires one.</summary>
    MissingTime = 30,
    InvalidTime = 31,

    /// <summary>Before what the endpoint accepts.</summary>
    TooOld = 32,
    InFuture = 33,

    MissingInsertId = 40,
    InvalidInsertId = 41,

    MissingToken = 50,
    UnknownToken = 51,

    /// <summary>Credentials of the request are missing or wrong.</summary>
    InvalidCredentials = 52,

    /// <summary>A property has a value of the wrong type.</summary>
    InvalidType = 60,
    TooManyProperties = 61,
    TooDeep = 62,
    ValueTooLong = 63,
    TooManyItems = 64,
    RecordTooLarge = 65,
    BodyTooLarge = 66,
    InflatedTooLarge = 67,

    /// <summary>Compressed data that ends early or is none.</summary>
    MalformedGzip = 68,
    BodyTooSlow = 69,

    /// <summary>An update without an operation we know.</summary>
    UnknownOperation = 70,
    MissingGroupKey = 71,
    MissingGroupId = 72,

    /// <summary>Mixpanel's verb events on a project with simplified identity.</summary>
    IdentityEventNotAllowed = 73,

    /// <summary>The sender asked not to be tracked ($ignore, Do Not Track with a project that honours it).</summary>
    OptedOut = 80,

    /// <summary>The person was suppressed.</summary>
    Suppressed = 81,

    /// <summary>The catalogue blocks this event.</summary>
    Blocked = 82,
}
