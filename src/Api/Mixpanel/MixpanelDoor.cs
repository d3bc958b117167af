using Cairn.Api.Answers;
using Cairn.Api.Authorization;
using Cairn.Api.Bodies;
using Cairn.Projects.Keys;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Turns;
using Cairn.Storage;
using Microsoft.AspNetCore.Http;
using NodaTime;

namespace Cairn.Api.Mixpanel;

/// <summary>What every endpoint of the query API does first and last: who asks, which parameters, and what became of errors.</summary>
public sealed class MixpanelDoor(RequestAuthorization authorization, TimeProvider clock)
{
    /// <summary>Answers a request, or says in Mixpanel's shape why not.</summary>
    public async Task<IResult> AskAsync(HttpRequest request, Role needed, Func<MixpanelQuestion, Task<IResult>> answer, CancellationToken cancellationToken)
    {
        try
        {
            var parameters = await MixpanelParameters.ReadAsync(request, cancellationToken);
            var caller = await authorization.CheckAsync(request, needed, Denials.Mixpanel, cancellationToken, parameters["project_id"]);
            if (caller.IsDenied(out var denial)) return denial;
            var project = ProjectOf(caller.Project);
            // A script element sends the cookie along, and any page may read what a call is given: with a cookie the answer stays plain JSON, which no page of another origin can read.
            var callback = PresentedCredentials.Of(request) is PresentedCredentials.Cookie ? null : parameters["callback"];
            return Jsonp.Wrap(callback, await answer(new(parameters, project, Instant.FromDateTimeOffset(clock.GetUtcNow()))));
        }
        catch (Exception e) when (e is MixpanelParameterException or DefinitionException or ExpressionException)
        {
            return MixpanelError.BadRequest(request, e.Message);
        }
        catch (UnreadBodyException e)
        {
            request.HttpContext.Response.Headers.Connection = "close";
            return MixpanelError.Of(request, e.Status, e.Detail);
        }
        catch (Exception e) when (e is StorageUnavailableException or ReportsBusyException)
        {
            return MixpanelError.Of(request, StatusCodes.Status503ServiceUnavailable, e.Message);
        }
        catch (Exception e) when (DamagedFile.Is(e))
        {
            return MixpanelError.Of(request, StatusCodes.Status500InternalServerError, $"A stored file is damaged: {e.Message}");
        }
    }

    static ReportProject ProjectOf(Ingestion.IngestProject project) => new(
        project.ProjectId, project.IdentityMode, DateTimeZoneProviders.Tzdb.GetZoneOrNull(project.TimeZone) ?? DateTimeZone.Utc);
}
