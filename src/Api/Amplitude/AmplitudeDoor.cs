using Cairn.Api.Authorization;
using Cairn.Api.Bodies;
using Cairn.Projects.Keys;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Turns;
using Cairn.Storage;
using Microsoft.AspNetCore.Http;
using NodaTime;

namespace Cairn.Api.Amplitude;

/// <summary>What every endpoint of the dashboard API does first and last: who asks, and what became of errors.</summary>
public sealed class AmplitudeDoor(RequestAuthorization authorization, TimeProvider clock)
{
    public async Task<IResult> AskAsync(HttpRequest request, Role needed, Func<ReportProject, Instant, Task<IResult>> answer, CancellationToken cancellationToken)
    {
        var caller = await authorization.CheckAsync(request, needed, Denials.Amplitude, cancellationToken);
        if (caller.IsDenied(out var denial)) return denial;
        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(caller.Project.TimeZone) ?? DateTimeZone.Utc;
        try
        {
            return await answer(new(caller.Project.ProjectId, caller.Project.IdentityMode, zone), Instant.FromDateTimeOffset(clock.GetUtcNow()));
        }
        catch (Exception e) when (e is AmplitudeQueryException or DefinitionException or ExpressionException)
        {
            return AmplitudeError.InvalidChart(e.Message);
        }
        catch (UnreadBodyException e)
        {
            request.HttpContext.Response.Headers.Connection = "close";
            return AmplitudeError.Unread(e.Status, e.Detail);
        }
        catch (Exception e) when (e is StorageUnavailableException or ReportsBusyException)
        {
            return AmplitudeError.Unavailable(e.Message);
        }
        catch (Exception e) when (DamagedFile.Is(e))
        {
            return AmplitudeError.Damaged(e.Message);
        }
    }
}
