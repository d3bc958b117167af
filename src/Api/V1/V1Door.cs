using System.Text.Json;
using Cairn.Api.Authorization;
using Cairn.Api.Problems;
using Cairn.Projects;
using Cairn.Projects.Keys;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Microsoft.AspNetCore.Http;
using NodaTime;

namespace Cairn.Api.V1;

/// <summary>What every question to our own API does first and last: who asks, for which project, and what became of errors.</summary>
public sealed class V1Door(RequestAuthorization authorization, TimeProvider clock)
{
    /// <summary>Answers a request without a body.</summary>
    public Task<IResult> AskAsync(HttpRequest request, Role needed, Func<ReportProject, Instant, Task<IResult>> answer) =>
        AskAsync(request, needed, (project, now, _) => answer(project, now));

    /// <summary>Answers a request without a body, knowing who asks: a key's or an account's name.</summary>
    public Task<IResult> AskAsync(HttpRequest request, Role needed, Func<ReportProject, Instant, string, Task<IResult>> answer) => V1Route.RunAsync(request, async cancellationToken =>
    {
        var caller = await authorization.CheckAsync(request, needed, Denials.V1, cancellationToken);
        if (caller.IsDenied(out var denial)) return denial;
        try
        {
            return await answer(ProjectOf(caller.Project), Instant.FromDateTimeOffset(clock.GetUtcNow()), caller.Access.Actor);
        }
        catch (DefinitionException e)
        {
            return Problem.InvalidField(new FieldError(e.Field, e.Message, "less, or something else, as the message says"));
        }
        catch (ExpressionException e)
        {
            return Problem.InvalidField(new FieldError("filter", e.Message, "a condition that is true or false for every event"));
        }
    });

    /// <summary>Answers a request whose body is one JSON object.</summary>
    public Task<IResult> AskAsync(HttpRequest request, Role needed, Func<JsonElement, ReportProject, Instant, Task<IResult>> answer) =>
        AskAsync(request, needed, (body, project, now, _) => answer(body, project, now));

    /// <summary>Answers a request whose body is one JSON object, knowing who asks.</summary>
    public Task<IResult> AskAsync(HttpRequest request, Role needed, Func<JsonElement, ReportProject, Instant, string, Task<IResult>> answer) =>
        AskAsync(request, needed, async (project, now, by) =>
        {
            var (body, problem) = await JsonBody.ReadAsync(request);
            return problem ?? await answer(body, project, now, by);
        });

    static ReportProject ProjectOf(Ingestion.IngestProject project) => new(
        project.ProjectId, project.IdentityMode, DateTimeZoneProviders.Tzdb.GetZoneOrNull(project.TimeZone) ?? DateTimeZone.Utc);
}
