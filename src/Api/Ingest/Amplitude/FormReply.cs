using Cairn.Ingestion;
using Cairn.Ingestion.Stages;
using Cairn.Model;

namespace Cairn.Api.Ingest.Amplitude;

/// <summary>The plain-text answers of the endpoints that take forms; clients look at the status alone, but for two texts.</summary>
/// <remarks>
/// Source: Amplitude docs, "Identify API", "HTTP API (deprecated)"; a live answer is <c>success</c> as text/html. The SDKs before HTTP V2 know
/// <c>invalid_api_key</c> and <c>bad_checksum</c>.
/// </remarks>
static class FormReply
{
    static readonly BytesResult Success = new(200, MediaTypes.Html, "success");

    /// <summary>200.</summary>
    public static BytesResult Accepted() => Success;

    /// <summary>Why nothing of the request was stored.</summary>
    public static BytesResult Of(Verdict fault) => AmplitudeAnswers.To(fault.Reason) switch
    {
        AmplitudeAnswer.Accepted => Success,
        AmplitudeAnswer.MissingField when fault.Field == "api_key" => Text(400, "invalid_api_key"),
        AmplitudeAnswer.InvalidApiKey => Text(400, "invalid_api_key"),
        AmplitudeAnswer.TooLarge => Text(413, "payload_too_large"),
        AmplitudeAnswer.TooSlow => Text(408, "request_timed_out"),
        AmplitudeAnswer.MissingField when fault.Reason == RejectReason.MissingData => Text(400, "missing_event"),
        AmplitudeAnswer.WrongChecksum => Text(400, "bad_checksum"),
        AmplitudeAnswer.InvalidJson => Text(400, "invalid_event"),
        AmplitudeAnswer.MissingField or AmplitudeAnswer.InvalidField or AmplitudeAnswer.InvalidIdLength => Text(400, $"invalid_event: {fault.Field}"),
    };

    /// <summary>503: not stored, send again.</summary>
    public static BytesResult NotStored() => Text(503, "not_stored_try_again");

    /// <summary>Counts a request that was refused as a whole, and answers it.</summary>
    public static BytesResult Refused(RejectReason reason, string field)
    {
        IngestMeter.CountRefused(Dialect.Amplitude, reason);
        return Of(new(reason, field));
    }

    static BytesResult Text(int status, string text) => new(status, MediaTypes.Html, text);
}
