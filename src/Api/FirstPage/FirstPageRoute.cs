using Cairn.Api.Authorization;
using Cairn.Api.V1;
using Cairn.Projects.Keys;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.FirstPage;

/// <summary><c>GET /api/v1/first-page</c>: what the first page shows beside the live feed: the project and its write tokens.</summary>
/// <remarks>Write tokens are no secrets: they stand in every web page that sends events. Null where a project has none of a kind.</remarks>
public sealed class FirstPageRoute(RequestAuthorization authorization, ProjectStore projects, ProjectKeys keys)
{
    public Task<IResult> ShowAsync(HttpRequest request) => V1Route.RunAsync(request, async cancellationToken =>
    {
        var caller = await authorization.CheckAsync(request, Role.Viewer, Denials.V1, cancellationToken);
        if (caller.IsDenied(out var denial)) return denial;
        var projectId = caller.Project.ProjectId;
        var project = await projects.FindAsync(projectId, cancellationToken);
        var all = await keys.ListAsync(projectId, cancellationToken);
        string? Token(KeyKind kind) => all.Where(key => key.Kind == kind).OrderBy(key => key.CreatedAt).Select(key => key.Text).FirstOrDefault();
        return V1Json.Ok(new
        {
            project?.Name,
            ProjectId = projectId,
            caller.Project.TimeZone,
            Tokens = new { Mixpanel = Token(KeyKind.MixpanelToken), Amplitude = Token(KeyKind.AmplitudeApiKey), Segment = Token(KeyKind.SegmentWriteKey) },
        });
    });
}
