using Cairn.Api.Authorization;
using Cairn.Projects.Jobs;
using Cairn.Projects.Keys;
using Cairn.Projects.Reports.Daily;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.V1.Jobs;

/// <summary>GET <c>/api/v1/jobs</c>: when each job ran last, how it ended, and how far the project's daily reports have come.</summary>
/// <remarks>
/// <code>
/// {"jobs": [{"name": "DailyReportsSchedule", "ended_at": "…", "end": "well", "seconds": 1.2, "ended_well_at": "…"}],
///  "daily_reports": [{"report": "123456789", "first": "2025-05-01", "through": "2025-06-01", "due": ["2025-05-30"]}]}
/// </code>
/// </remarks>
public sealed class JobsApi(JobLog jobs, DailyStore daily, RequestAuthorization authorization)
{
    public Task<IResult> ListAsync(HttpRequest request) => V1Route.RunAsync(request, async cancellationToken =>
    {
        var caller = await authorization.CheckAsync(request, Role.Viewer, Denials.V1, cancellationToken);
        if (caller.IsDenied(out var denial)) return denial;
        var (runs, well) = (await jobs.ReadRunsAsync(cancellationToken), await jobs.ReadAsync(cancellationToken));
        var state = (await daily.FindStateAsync(caller.Project.ProjectId, cancellationToken))?.Value;
        return V1Json.Ok(new
        {
            Jobs = JobNames.All.Select(name => new
            {
                Name = name,
                EndedAt = runs.TryGetValue(name, out var run) ? run.EndedAt : (DateTimeOffset?)null,
                End = run is null ? null : WordOf(run.End),
                Seconds = run is null ? (double?)null : Math.Round(run.Took.TotalSeconds, 3),
                EndedWellAt = well.TryGetValue(name, out var at) ? at : (DateTimeOffset?)null,
            }),
            DailyReports = (state?.Reports ?? new Dictionary<string, ReportDays>()).OrderBy(pair => pair.Key, StringComparer.Ordinal)
                .Select(pair => new { Report = pair.Key, pair.Value.First, pair.Value.Through, pair.Value.Due }),
        });
    });

    static string WordOf(JobEnd? end) => end switch
    {
        JobEnd.Well => "well",
        JobEnd.LeftToAnother => "left_to_another",
        JobEnd.Partly => "partly",
        null => "failed",
    };
}
