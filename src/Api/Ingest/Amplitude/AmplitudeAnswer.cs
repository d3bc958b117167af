using Cairn.Ingestion;

namespace Cairn.Api.Ingest.Amplitude;

/// <summary>How Amplitude tells a sender what was wrong; each has its place in an error body.</summary>
/// <remarks>Source: Amplitude docs, "HTTP V2 API", "Responses".</remarks>
enum AmplitudeAnswer
{
    /// <summary>The sender hears that it went well.</summary>
    Accepted,

    /// <summary>The event's index stands in <c>events_with_invalid_fields</c>.</summary>
    InvalidField,

    /// <summary>The event's index stands in <c>events_with_missing_fields</c>, or the request's field in <c>missing_field</c>.</summary>
    MissingField,

    /// <summary>The event's index stands in <c>events_with_invalid_id_lengths</c>, and for mobile SDKs in <c>events_with_invalid_fields</c> too.</summary>
    InvalidIdLength,

    /// <summary>The body is no JSON object.</summary>
    InvalidJson,

    /// <summary><c>bad_checksum</c>: SDKs before 2020 keep the events and send them again.</summary>
    WrongChecksum,

    /// <summary><c>Invalid API key</c>: every SDK drops the events and stops.</summary>
    InvalidApiKey,

    /// <summary>413: SDKs send again in halves.</summary>
    TooLarge,

    /// <summary>408: SDKs send again.</summary>
    TooSlow,
}

static class AmplitudeAnswers
{
    /// <summary>The answer to each reason; a new reason has to be decided here before anything compiles.</summary>
    public static AmplitudeAnswer To(RejectReason reason) => reason switch
    {
        // Turned away on purpose and no fault of the sender's: the vendor says 200 too.
        RejectReason.None or RejectReason.OptedOut or RejectReason.Suppressed or RejectReason.Blocked => AmplitudeAnswer.Accepted,

        RejectReason.MalformedJson or RejectReason.InvalidUtf8 or RejectReason.MalformedGzip or RejectReason.BrokenBody => AmplitudeAnswer.InvalidJson,

        RejectReason.MissingData or RejectReason.MissingToken or RejectReason.MissingName or RejectReason.MissingProperties
            or RejectReason.MissingDistinctId or RejectReason.MissingTime or RejectReason.MissingInsertId
            or RejectReason.MissingGroupKey or RejectReason.MissingGroupId => AmplitudeAnswer.MissingField,

        RejectReason.NotAnObject or RejectReason.NameTooLong or RejectReason.IdTooLong or RejectReason.BlockedId
            or RejectReason.InvalidTime or RejectReason.TooOld or RejectReason.InFuture or RejectReason.InvalidInsertId
            or RejectReason.InvalidType or RejectReason.TooManyProperties or RejectReason.TooDeep or RejectReason.ValueTooLong
            or RejectReason.RecordTooLarge or RejectReason.UnknownOperation or RejectReason.IdentityEventNotAllowed => AmplitudeAnswer.InvalidField,

        RejectReason.WrongChecksum => AmplitudeAnswer.WrongChecksum,
        RejectReason.IdTooShort => AmplitudeAnswer.InvalidIdLength,
        RejectReason.UnknownToken or RejectReason.InvalidCredentials => AmplitudeAnswer.InvalidApiKey,
        RejectReason.TooManyItems or RejectReason.BodyTooLarge or RejectReason.InflatedTooLarge => AmplitudeAnswer.TooLarge,
        RejectReason.BodyTooSlow => AmplitudeAnswer.TooSlow,
    };
}
