using Cairn.Ingestion;

namespace Cairn.Api.Ingest.Segment;

/// <summary>How a Segment client hears what became of a request, or of one message in it.</summary>
/// <remarks>
/// Source: Segment docs, "HTTP API Source", "Errors": 200 for everything but large payloads and malformed JSON, which are 400; clients send
/// again at 408, 429 and 5xx, and drop at other 4xx.
/// </remarks>
enum SegmentAnswer
{
    /// <summary>200; nothing is said of it.</summary>
    Accepted,

    /// <summary>200; the message is listed in <c>rejected</c>, which SDKs don't read.</summary>
    Rejected,

    /// <summary>400: the body is no JSON object.</summary>
    InvalidJson,

    /// <summary>400: more than is taken.</summary>
    TooLarge,

    /// <summary>401: no write key, or none that we know. SDKs drop, and say so on the console.</summary>
    Unauthorized,

    /// <summary>408: SDKs send again.</summary>
    TooSlow,
}

static class SegmentAnswers
{
    /// <summary>The answer to each reason; a new reason has to be decided here before anything compiles.</summary>
    public static SegmentAnswer To(RejectReason reason) => reason switch
    {
        RejectReason.None or RejectReason.OptedOut or RejectReason.Suppressed or RejectReason.Blocked => SegmentAnswer.Accepted,

        RejectReason.MalformedJson or RejectReason.InvalidUtf8 or RejectReason.MalformedGzip or RejectReason.BrokenBody or RejectReason.MissingData
            or RejectReason.WrongChecksum => SegmentAnswer.InvalidJson,

        RejectReason.NotAnObject or RejectReason.MissingName or RejectReason.NameTooLong or RejectReason.MissingProperties
            or RejectReason.MissingDistinctId or RejectReason.IdTooLong or RejectReason.IdTooShort or RejectReason.BlockedId
            or RejectReason.MissingTime or RejectReason.InvalidTime or RejectReason.TooOld or RejectReason.InFuture
            or RejectReason.MissingInsertId or RejectReason.InvalidInsertId or RejectReason.InvalidType or RejectReason.TooManyProperties
            or RejectReason.TooDeep or RejectReason.ValueTooLong or RejectReason.RecordTooLarge or RejectReason.UnknownOperation
            or RejectReason.MissingGroupKey or RejectReason.MissingGroupId or RejectReason.IdentityEventNotAllowed => SegmentAnswer.Rejected,

        RejectReason.TooManyItems or RejectReason.BodyTooLarge or RejectReason.InflatedTooLarge => SegmentAnswer.TooLarge,
        RejectReason.MissingToken or RejectReason.UnknownToken or RejectReason.InvalidCredentials => SegmentAnswer.Unauthorized,
        RejectReason.BodyTooSlow => SegmentAnswer.TooSlow,
    };
}
