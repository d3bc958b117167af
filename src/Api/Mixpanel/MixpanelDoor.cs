using Cairn.Api.Answers;
using Cairn.Api.Authorization;
using Cairn.Projects.Keys;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
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
            return Jsonp.Wrap(parameters["callback"], await answer(new(parameters, project, Instant.FromDateTimeOffset(clock.GetUtcNow()))));
        }
        catch (Exception e) when (e is MixpanelParameterException or DefinitionException or ExpressionException)
        {
            return MixpanelError.BadRequest(request, e.Message);
        }
        catch (StorageUnavailableException e)
        {
            return MixpanelError.Of(request, StatusCodes.Status503ServiceUnavailable, e.Message);
        }
    }

    static ReportProject ProjectOf(Ingestion.IngestProject project) => new(
        project.ProjectId, project.IdentityMode, DateTimeZoneProviders.Tzdb.GetZoneOrNull(project.TimeZone) ?? DateTimeZone.Utc);
}
