using System.Text.Json;
using Cairn.Api.Authorization;
using Cairn.Ingestion;
using Cairn.Ingestion.Bodies;
using Cairn.Ingestion.Mixpanel;
using Cairn.Projects.Keys;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Ingest.Mixpanel;

/// <summary>What SDKs ask besides sending: remote settings, session recordings, feature flags. True answers, and empty ones: nothing of it is kept here.</summary>
/// <remarks>Sources: mixpanel-browser (src/remote-settings, src/recorder, src/flags), Mixpanel docs, "Feature Flags".</remarks>
public sealed class MixpanelSdkEndpoint(RequestAuthorization authorization, IAccessControl accessControl, TimeProvider time)
{
    /// <summary>A recording's batch is read to its end, so that the connection can be used again, and forgotten.</summary>
    static readonly BodyLimits RecordingLimits = new(8 * 1024 * 1024, 0, BodyLimits.OrdinaryDuration);

    const string Json = "application/json";

    /// <summary>Recording is off, and the page's own configuration stands. <c>recording</c> is what Android looks for.</summary>
    static readonly BytesResult Settings =
        new(200, Json, """{"recording":{"is_enabled":false,"error":null},"sdk_config":{"config":{"record_sessions_percent":0},"error":null}}""");

    static readonly BytesResult Ok = new(200, Json, """{"code":200,"status":"OK"}""");
    static readonly BytesResult NoFlags = new(200, Json, """{"code":200,"flags":{},"pending_first_time_events":[]}""");
    static readonly BytesResult NoDefinitions = new(200, Json, """{"code":200,"flags":[]}""");
    static readonly BytesResult NoDistinctId = new(400, Json, """{"error":"distinct_id must be provided in evalContext as a string","status":"error"}""");
    static readonly BytesResult InvalidCredentials = new(401, Json, """{"error":"Invalid credentials","status":"error"}""");

    /// <summary>What SDKs before 2021 asked for; false keeps their autotrack off.</summary>
    static readonly BytesResult NothingDecided = new(
        200, Json,
        """{"notifications":[],"surveys":[],"event_bindings":[],"variants":[],"integrations":[],"automatic_events":false,"config":{"enable_collect_everything":false}}""");

    /// <summary><c>/settings</c>.</summary>
    public static Task<IResult> SettingsAsync(HttpRequest request) => PreflightOr(request, Settings);

    /// <summary><c>/decide</c>.</summary>
    public static Task<IResult> DecideAsync(HttpRequest request) => PreflightOr(request, NothingDecided);

    /// <summary><c>/record</c>: declined. The answer is a good one, for the recorder sends a batch again until it gets one.</summary>
    public async Task<IResult> RecordAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (Cors.TryAnswerPreflight(request.HttpContext)) return Results.Empty;
        var bytes = new byte[16 * 1024];
        var startedAt = time.GetTimestamp();
        for (long total = 0; total <= RecordingLimits.MaxBytes && time.GetElapsedTime(startedAt) < RecordingLimits.MaxDuration;)
        {
            int read;
            try
            {
                read = await request.Body.ReadAsync(bytes, cancellationToken);
            }
            catch (BadHttpRequestException fault)
            {
                return MixpanelAnswers.Unread(fault.StatusCode == StatusCodes.Status408RequestTimeout ? RejectReason.BodyTooSlow : RejectReason.BrokenBody);
            }
            if (read == 0) break;
            total += read;
        }
        return Ok;
    }

    /// <summary><c>/flags</c>: nobody is in any.</summary>
    public async Task<IResult> FlagsAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (Cors.TryAnswerPreflight(request.HttpContext)) return Results.Empty;
        if (!await MayAskAsync(request, cancellationToken)) return InvalidCredentials;
        return NamesSomebody(request.Query["context"]) ? NoFlags : NoDistinctId;
    }

    /// <summary><c>/flags/definitions</c>: there are none.</summary>
    public async Task<IResult> DefinitionsAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (Cors.TryAnswerPreflight(request.HttpContext)) return Results.Empty;
        return await MayAskAsync(request, cancellationToken) ? NoDefinitions : InvalidCredentials;
    }

    /// <summary><c>/flags/{flagId}/first-time-events</c>: noted by nobody, for no flag waits for one.</summary>
    public async Task<IResult> FirstTimeEventAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (Cors.TryAnswerPreflight(request.HttpContext)) return Results.Empty;
        return await MayAskAsync(request, cancellationToken) ? Ok : InvalidCredentials;
    }

    static Task<IResult> PreflightOr(HttpRequest request, BytesResult answer) =>
        Cors.TryAnswerPreflight(request.HttpContext) ? Task.FromResult(Results.Empty) : answer.AsTask();

    /// <summary>By the header, as SDKs send it (<c>token:</c> or a service account), else by the <c>token</c> in the URL.</summary>
    async ValueTask<bool> MayAskAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.Headers.Authorization.Count == 0)
        {
            var token = MixpanelFlags.OfQuery(request.QueryString.Value).Token;
            return token is not null && await accessControl.AuthenticateAsync(token, "", cancellationToken) is not null;
        }
        var caller = await authorization.CheckAsync(request, Role.Writer, Denials.Mixpanel, cancellationToken);
        return !caller.IsDenied(out _);
    }

    static bool NamesSomebody(string? context)
    {
        if (string.IsNullOrEmpty(context)) return false;
        try
        {
            using var document = JsonDocument.Parse(context);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("distinct_id", out var id) && id.ValueKind == JsonValueKind.String;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
