using Cairn.Projects.Health;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.V1.Health;

/// <summary><c>/api/v1/health/…</c>: for probes and for people, without credentials; nothing of a project is in the answers.</summary>
/// <remarks>
/// <code>
/// {"status": "degraded", "checks": {"blobs": "ok", "tables": "ok", "stream": "ok", "consumer": "failing", "compaction": "ok", "jobs": "ok", "reports": "ok"},
///  "reasons": ["Events of 1 of 8 partitions have waited to be stored for 3 minutes."]}
/// </code>
/// </remarks>
public sealed class HealthApi(Readiness readiness)
{
    /// <summary>Alive, with no look at anything behind it.</summary>
    public static IResult Live() => Results.Ok(new { status = "ok" });

    /// <summary>200 where requests are answered, though perhaps somebody should look; 503 where they can't be.</summary>
    public async Task<IResult> ReadyAsync(HttpRequest request)
    {
        var answer = await readiness.AskAsync(request.HttpContext.RequestAborted);
        request.HttpContext.Response.Headers.CacheControl = "no-store";
        return Results.Json(
            new
            {
                status = Word(answer.Status),
                checks = Enum.GetValues<HealthCheck>().ToDictionary(check => Word(check), check => answer.IsWell(check) switch { true => "ok", false => "failing", null => "unknown" }),
                reasons = answer.Reasons.Select(reason => reason.Sentence),
            },
            statusCode: answer.Status == HealthStatus.Unavailable ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);
    }

    static string Word<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}
