using Cairn.Api.Bodies;
using Cairn.Api.Problems;
using Cairn.Query.Turns;
using Cairn.Storage;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.V1;

/// <summary>What every route of our own API does around its work.</summary>
static class V1Route
{
    /// <summary>Runs a handler; a store that is away, or a server with too much to answer, becomes 503 with the time to try again, a damaged file 500 with its name, a body that never came whole 408 or 400, and answers about keys and settings are never cached.</summary>
    public static async Task<IResult> RunAsync(HttpRequest request, Func<CancellationToken, Task<IResult>> handle)
    {
        request.HttpContext.Response.Headers.CacheControl = "no-store";
        try
        {
            return await handle(request.HttpContext.RequestAborted);
        }
        catch (UnreadBodyException e)
        {
            return Problem.Unread(e.Status, e.Detail);
        }
        catch (Exception e) when (e is StorageUnavailableException or ReportsBusyException)
        {
            return Problem.Unavailable(e.Message);
        }
        catch (Exception e) when (DamagedFile.Is(e))
        {
            return Problem.Damaged(e.Message);
        }
    }
}
