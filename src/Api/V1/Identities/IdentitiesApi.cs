using System.Text;
using Cairn.Api.Authorization;
using Cairn.Api.Problems;
using Cairn.Ingestion;
using Cairn.Ingestion.Stages;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Projects;
using Cairn.Projects.Keys;
using Cairn.Storage.Identity;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.V1.Identities;

/// <summary><c>/api/v1/identities</c>: whose an id is and why, and links made and undone by hand.</summary>
/// <remarks>Meaning: docs/semantics/identity.md. A link by hand is a claim like every other, so it goes in by the door.</remarks>
public sealed class IdentitiesApi(PersonLookup persons, IIngestDoor door, RequestAuthorization authorization, TimeProvider clock)
{
    const string ValidIds = "two different ids as sent, a device with its prefix";

    /// <summary>GET <c>/{id}</c>, or <c>?id=</c>: the person with all ids, and the claims that were turned down.</summary>
    public Task<IResult> FindAsync(HttpRequest request, string? id) => V1Route.RunAsync(request, async cancellationToken =>
    {
        var caller = await authorization.CheckAsync(request, Role.Viewer, Denials.V1, cancellationToken);
        if (caller.IsDenied(out var denial)) return denial;
        if (RouteId.Of(request, id) is not { } asked) return RouteId.Missing;
        var found = (await persons.FindAsync(caller.Project.ProjectId, caller.Project.IdentityMode, asked, cancellationToken)).Found;
        if (found is null) return Problem.NotFound("No claim names this id: it is linked to no other.");
        return V1Json.Ok(new
        {
            Id = asked,
            found.Person,
            Ids = found.Ids.Select(IdAnswer.Of).ToList(),
            Refusals = found.Refusals.Select(RefusalAnswer.Of).ToList(),
        });
    });

    /// <summary>POST <c>/link</c> with <c>{"ids": [a, b]}</c>: these are one person, whatever the rules say.</summary>
    public Task<IResult> LinkAsync(HttpRequest request) => DecideAsync(request, LinkRule.ByHand);

    /// <summary>POST <c>/undo</c> with <c>{"ids": [a, b]}</c>: no claim of this pair counts until it is linked by hand again.</summary>
    public Task<IResult> UndoAsync(HttpRequest request) => DecideAsync(request, LinkRule.Undone);

    Task<IResult> DecideAsync(HttpRequest request, LinkRule rule) => V1Route.RunAsync(request, async cancellationToken =>
    {
        var caller = await authorization.CheckAsync(request, Role.Admin, Denials.V1, cancellationToken);
        if (caller.IsDenied(out var denial)) return denial;
        var (body, problem) = await JsonBody.ReadAsync(request);
        if (problem is not null) return problem;
        var fields = new JsonFields(body, "ids");
        fields.Require("ids", ValidIds);
        var ids = fields.Texts("ids", ValidIds);
        if (ids is not null && Fault(ids) is { } fault) fields.Errors.Add(new FieldError("ids", fault, ValidIds));
        if (fields.Errors.Count > 0) return Problem.InvalidField(fields.Errors);

        using var batch = new ItemBatch(Dialect.Mixpanel, clock.GetUtcNow().ToUnixTimeMilliseconds()) { RequestProject = caller.Project };
        batch.BeginRecord();
        Add(batch, rule, ids![0], ids[1]);
        try
        {
            await door.AcceptAsync(batch, cancellationToken);
        }
        catch (StreamUnavailableException e)
        {
            return Problem.Unavailable(e.Message);
        }
        var verdict = batch.Verdicts[0];
        if (!verdict.CountsAsAccepted) return Problem.InvalidField(new FieldError("ids", $"The door turned it away: {IdAnswer.Word(verdict.Reason)}.", ValidIds));
        return Results.Json(new { status = "accepted", rule = IdAnswer.Word(rule), ids }, statusCode: StatusCodes.Status202Accepted);
    });

    static string? Fault(IReadOnlyList<string> ids)
    {
        if (ids.Count != 2) return $"These are {ids.Count}.";
        if (ids[0] == ids[1]) return "Both are the same.";
        foreach (var id in ids)
        {
            if (id.Length == 0) return "One is empty.";
            if (BlockedIds.Contains(Dialect.Mixpanel, Encoding.UTF8.GetBytes(id))) return $"'{id}' stands for nobody.";
        }
        return null;
    }

    static void Add(ItemBatch batch, LinkRule rule, string id, string otherId)
    {
        ref var claim = ref batch.Add(ItemKind.LinkClaim);
        claim.LinkRule = rule;
        claim.DistinctId = batch.Scratch.Keep(Encoding.UTF8.GetBytes(id));
        claim.OtherId = batch.Scratch.Keep(Encoding.UTF8.GetBytes(otherId));
        claim.TimeMs = batch.ReceivedAtMs;
    }
}
