using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Cairn.Functions;

/// <summary>Whether the app answers.</summary>
public static class HealthFunctions
{
    /// <summary>Alive, with no look at anything behind it.</summary>
    [Function("HealthLive")]
    public static IResult Live([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/v1/health/live")] HttpRequest request) =>
        Results.Ok(new { status = "ok" });
}
