using Cairn.Api.Ingest.Amplitude;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Cairn.Functions;

/// <summary>What Amplitude's SDKs ask beside the upload: configuration, diagnostics, session replay, and Experiment's flags.</summary>
public static class AmplitudeSideRoutes
{
    [Function("AmplitudeRemoteConfig")]
    public static IResult RemoteConfig([HttpTrigger(AuthorizationLevel.Anonymous, "get", "options", Route = "config/{apiKey?}")] HttpRequest request) =>
        AmplitudeSideServices.RemoteConfig(request);

    [Function("AmplitudeDiagnostics")]
    public static IResult Diagnostics([HttpTrigger(AuthorizationLevel.Anonymous, "post", "options", Route = "v1/capture")] HttpRequest request) =>
        AmplitudeSideServices.Diagnostics(request);

    [Function("AmplitudeSessionReplay")]
    public static IResult SessionReplay([HttpTrigger(AuthorizationLevel.Anonymous, "post", "options", Route = "sessions/v2/track")] HttpRequest request) =>
        AmplitudeSideServices.SessionReplay(request);

    [Function("ExperimentVariants")]
    public static IResult Variants([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", "options", Route = "sdk/v2/vardata")] HttpRequest request) =>
        ExperimentAnswers.Variants(request);

    [Function("ExperimentVariantsV1")]
    public static IResult VariantsV1([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", "options", Route = "v1/vardata")] HttpRequest request) =>
        ExperimentAnswers.Variants(request);

    [Function("ExperimentVariantsUnversioned")]
    public static IResult VariantsUnversioned([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", "options", Route = "sdk/vardata")] HttpRequest request) =>
        ExperimentAnswers.Variants(request);

    [Function("ExperimentFlags")]
    public static IResult Flags([HttpTrigger(AuthorizationLevel.Anonymous, "get", "options", Route = "sdk/v2/flags")] HttpRequest request) =>
        ExperimentAnswers.Flags(request);

    [Function("ExperimentFlagsV1")]
    public static IResult FlagsV1([HttpTrigger(AuthorizationLevel.Anonymous, "get", "options", Route = "v1/flags")] HttpRequest request) =>
        ExperimentAnswers.Flags(request);

    [Function("ExperimentFlagStream")]
    public static IResult FlagStream([HttpTrigger(AuthorizationLevel.Anonymous, "get", "options", Route = "sdk/stream/v1/flags")] HttpRequest request) =>
        ExperimentAnswers.FlagStream(request);

    [Function("ExperimentCohort")]
    public static IResult Cohort([HttpTrigger(AuthorizationLevel.Anonymous, "get", "options", Route = "sdk/v1/cohort/{cohortId}")] HttpRequest request) =>
        ExperimentAnswers.Cohort(request);
}
