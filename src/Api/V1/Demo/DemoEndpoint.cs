using System.Text.Json;
using Cairn.Api.Authorization;
using Cairn.Ingestion;
using Cairn.Projects.Demo;
using Cairn.Projects.Keys;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.V1.Demo;

/// <summary><c>POST /api/v1/demo</c>: fills the caller's project with an invented product's history and says how far it is.</summary>
/// <remarks>
/// Answers NDJSON while it works, a line a step: <c>{"people": 20000, "people_done": 812, "events": 38000}</c>. A fault on the way is a
/// last line <c>{"error": "…"}</c>, for the status has long been sent. Filling twice on one day adds nothing: the events carry insert ids.
/// </remarks>
public sealed class DemoEndpoint(RequestAuthorization authorization, DemoFill fill)
{
    static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public async Task<IResult> FillAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var caller = await authorization.CheckAsync(request, Role.Admin, Denials.V1, cancellationToken);
        if (caller.IsDenied(out var denial)) return denial;
        var response = request.HttpContext.Response;
        response.ContentType = "application/x-ndjson";
        try
        {
            await foreach (var step in fill.FillAsync(caller.Project, cancellationToken)) await WriteLineAsync(response, step, cancellationToken);
        }
        catch (StreamUnavailableException)
        {
            await WriteLineAsync(response, new { error = "The stream and the spool are away. Try again: what was sent stays, and only the rest is added." }, cancellationToken);
        }
        return Results.Empty;
    }

    static async Task WriteLineAsync(HttpResponse response, object line, CancellationToken cancellationToken)
    {
        await JsonSerializer.SerializeAsync(response.Body, line, Json, cancellationToken);
        await response.Body.WriteAsync("\n"u8.ToArray(), cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
    }
}
