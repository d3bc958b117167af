using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Ingest.Amplitude;

/// <summary>What Amplitude Experiment's SDKs get while no flags are kept here: true and empty, so that each falls back to its page's own variant.</summary>
/// <remarks>
/// Nothing is told from anybody's data, so no deployment key is asked for. Source: experiment-js-client and experiment-node-server;
/// docs/wire/amplitude.md, "Experiment".
/// </remarks>
public static class ExperimentAnswers
{
    static readonly BytesResult NoVariants = new(200, MediaTypes.Json, "{}");
    static readonly BytesResult NoFlags = new(200, MediaTypes.Json, "[]");
    static readonly BytesResult NoCohort = new(404, MediaTypes.Json, "{\"error\":\"no such cohort\"}");
    static readonly BytesResult NoStream = new(501, MediaTypes.Json, "{\"error\":\"flags are polled here\"}");

    /// <summary>GET and POST /sdk/v2/vardata, /sdk/vardata, /v1/vardata: the variants of one user, an object by flag.</summary>
    public static IResult Variants(HttpRequest request) => Answer(request, NoVariants);

    /// <summary>GET /sdk/v2/flags and /v1/flags: flag configurations for evaluation in the SDK, an array.</summary>
    public static IResult Flags(HttpRequest request) => Answer(request, NoFlags);

    /// <summary>GET /sdk/v1/cohort/{id}: only asked for cohorts that some flag names, and there is none. 404 is not asked again.</summary>
    public static IResult Cohort(HttpRequest request) => Answer(request, NoCohort);

    /// <summary>GET /sdk/stream/v1/flags: 501 is the SDKs' own word for "poll instead"; a function's answer could not stay open for their 15 minutes.</summary>
    public static IResult FlagStream(HttpRequest request) => Answer(request, NoStream);

    static IResult Answer(HttpRequest request, BytesResult reply) =>
        Cors.TryAnswerPreflight(request.HttpContext) ? Results.Empty : reply;
}
