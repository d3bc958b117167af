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
    /// <summary>Bytes of a question's body; a filter with thousands of ids fits.</summary>
    public const int MaxBodyBytes = 1024 * 1024;

    /// <summary>Answers a request without a body.</summary>
    public async Task<IResult> AskAsync(HttpRequest request, Role needed, Func<ReportProject, Instant, Task<IResult>> answer, CancellationToken cancellationToken)
    {
        var caller = await authorization.CheckAsync(request, needed, Denials.V1, cancellationToken);
        if (caller.IsDenied(out var denial)) return denial;
        try
        {
            return await answer(ProjectOf(caller.Project), Instant.FromDateTimeOffset(clock.GetUtcNow()));
        }
        catch (DefinitionException e)
        {
            return Problem.InvalidField(new FieldError(e.Field, e.Message, "less, or something else, as the message says"));
        }
        catch (ExpressionException e)
        {
            return Problem.InvalidField(new FieldError("filter", e.Message, "a condition that is true or false for every event"));
        }
    }

    /// <summary>Answers a request whose body is one JSON object.</summary>
    public Task<IResult> AskAsync(HttpRequest request, Role needed, Func<JsonElement, ReportProject, Instant, Task<IResult>> answer, CancellationToken cancellationToken) =>
        AskAsync(request, needed, async (project, now) =>
        {
            if (request.ContentLength > MaxBodyBytes) return Problem.TooLarge(MaxBodyBytes);
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body, cancellationToken);
            if (body.Length > MaxBodyBytes) return Problem.TooLarge(MaxBodyBytes);
            try
            {
                using var json = JsonDocument.Parse(body.GetBuffer().AsMemory(0, (int)body.Length));
                return json.RootElement.ValueKind == JsonValueKind.Object ? await answer(json.RootElement, project, now) : Problem.InvalidBody("It is another JSON value.");
            }
            catch (JsonException e)
            {
                return Problem.InvalidBody(e.Message);
            }
        }, cancellationToken);

    static ReportProject ProjectOf(Ingestion.IngestProject project) => new(
        project.ProjectId, project.IdentityMode, DateTimeZoneProviders.Tzdb.GetZoneOrNull(project.TimeZone) ?? DateTimeZone.Utc);
}
