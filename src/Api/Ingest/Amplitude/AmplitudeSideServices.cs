using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Ingest.Amplitude;

/// <summary>
/// What Amplitude's SDKs call beside the upload. The answers are true and always the same: there is no remote configuration,
/// no diagnostics are kept, and session replay is not taken.
/// </summary>
/// <remarks>Source: Amplitude-TypeScript, packages/analytics-core (remote-config, diagnostics) and plugin-session-replay; docs/wire/amplitude.md, "Beside the upload".</remarks>
public static class AmplitudeSideServices
{
    // An object at every level the SDKs look into; no key switches anything on, so that page code decides.
    static readonly BytesResult NoConfiguration = new(200, MediaTypes.Json, """
        {"configs":{"analyticsSDK":{"browserSDK":{},"iosSDK":{},"androidSDK":{}},"diagnostics":{"browserSDK":{"enabled":false,"sampleRate":0}},"sessionReplay":{"sr_sampling_config":{"capture_enabled":false,"sample_rate":0}}}}
        """);

    static readonly BytesResult Nothing = new(200, MediaTypes.Json, "{}");

    /// <summary>GET /config/{api key} and GET /config?api_key=: the browser SDK waits for it at every start, twice.</summary>
    public static IResult RemoteConfig(HttpRequest request) => Answer(request, NoConfiguration);

    /// <summary>POST /v1/capture, the SDKs' own diagnostics: thrown away unread.</summary>
    public static IResult Diagnostics(HttpRequest request) => Answer(request, Nothing);

    /// <summary>POST /sessions/v2/track, session replay: declined so that the SDK stops recording.</summary>
    /// <remarks>The header's 4005 means "capture is disabled".</remarks>
    public static IResult SessionReplay(HttpRequest request)
    {
        request.HttpContext.Response.Headers["X-Session-Replay-Event-Skipped"] = "4005";
        return Answer(request, Nothing);
    }

    static IResult Answer(HttpRequest request, BytesResult reply) =>
        Cors.TryAnswerPreflight(request.HttpContext) ? Results.Empty : reply;
}
