using System.Text.Json;
using Cairn.Api.Problems;
using Cairn.Projects;
using Cairn.Projects.Keys;
using Cairn.Projects.Privacy;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.V1.Privacy;

/// <summary><c>/api/v1/privacy/erasures</c>: asking for people to be erased, and what became of it.</summary>
public sealed class ErasuresApi(Authorization.RequestAuthorization authorization, ErasureRequests requests)
{
    /// <summary>POST <c>{"ids": ["…"]}</c>: 202, and from this answer on nobody sees the people.</summary>
    public Task<IResult> CreateAsync(HttpRequest request) => RunAsync(request, Role.Admin, async (caller, cancellationToken) =>
    {
        var (body, problem) = await JsonBody.ReadAsync(request);
        if (problem is not null) return problem;
        if (!TryReadIds(body, out var ids))
            return Problem.InvalidField(new FieldError("ids", "These are no ids.", $"a list of 1 to {ErasureRequests.MaxIds} ids as sent, a device with its prefix"));
        var made = await requests.CreateAsync(caller.Project.ProjectId, caller.Project.IdentityMode, ids, caller.Access.Actor, "cairn", cancellationToken);
        request.HttpContext.Response.Headers.Location = $"{request.Path.Value!.TrimEnd('/')}/{made.Id}";
        return Results.Json(View(made), V1Json.Options, statusCode: StatusCodes.Status202Accepted);
    });

    /// <summary>GET: all requests, the oldest first.</summary>
    public Task<IResult> ListAsync(HttpRequest request) => RunAsync(request, Role.Admin, async (caller, cancellationToken) =>
        V1Json.Ok(new { Erasures = (await requests.ListAsync(caller.Project.ProjectId, cancellationToken)).Select(View) }));

    /// <summary>GET <c>/{id}</c>: one, with its receipt once there is one.</summary>
    public Task<IResult> FindAsync(HttpRequest request, string erasureId) => RunAsync(request, Role.Admin, async (caller, cancellationToken) =>
        await requests.FindAsync(caller.Project.ProjectId, erasureId, cancellationToken) is { } erasure ? V1Json.Ok(View(erasure)) : Nothing);

    /// <summary>DELETE <c>/{id}</c>: cancels one in its grace period; else 409.</summary>
    public Task<IResult> CancelAsync(HttpRequest request, string erasureId) => RunAsync(request, Role.Admin, async (caller, cancellationToken) =>
        await requests.CancelAsync(caller.Project.ProjectId, erasureId, cancellationToken) switch
        {
            null => Nothing,
            { State: ErasureState.Cancelled } => Results.NoContent(),
            _ => Problem.Conflict("The erasure has begun, and can't be cancelled any more."),
        });

    static object View(Erasure erasure) => new
    {
        erasure.Id,
        State = erasure.State.ToString().ToLowerInvariant(),
        erasure.RequestedAt,
        erasure.RequestedBy,
        erasure.Via,
        erasure.StartsAt,
        erasure.EndedAt,
        erasure.StreamEndsAt,
        erasure.Asked,
        Receipt = erasure.Receipt is null ? null : new { erasure.Receipt.Text, erasure.Receipt.Signature, erasure.Receipt.PublicKey },
    };

    static bool TryReadIds(JsonElement body, out List<string> ids)
    {
        ids = [];
        if (!body.TryGetProperty("ids", out var given) || given.ValueKind != JsonValueKind.Array || given.GetArrayLength() is 0 or > ErasureRequests.MaxIds) return false;
        foreach (var id in given.EnumerateArray())
        {
            if (id.ValueKind != JsonValueKind.String || id.GetString() is not { Length: > 0 } text) return false;
            ids.Add(text);
        }
        return true;
    }

    static Problem Nothing => Problem.NotFound("There is no such erasure.");

    Task<IResult> RunAsync(HttpRequest request, Role needed, Func<Authorization.Caller, CancellationToken, Task<IResult>> handle) => V1Route.RunAsync(request, async cancellationToken =>
    {
        var caller = await authorization.CheckAsync(request, needed, Authorization.Denials.V1, cancellationToken);
        return caller.IsDenied(out var denial) ? denial : await handle(caller, cancellationToken);
    });
}
