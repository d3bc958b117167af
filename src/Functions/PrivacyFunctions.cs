using Cairn.Api.V1.Privacy;
using Cairn.Projects.Jobs;
using Cairn.Projects.Privacy;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Cairn.Functions;

/// <summary>Requests to erase people, and the job that does it.</summary>
public sealed class PrivacyFunctions(ErasuresApi erasures, ErasureJob job, JobLog jobs)
{
    const string All = "api/v1/privacy/erasures", One = All + "/{erasureId}";

    [Function("ErasuresCreate")]
    public Task<IResult> Create([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All)] HttpRequest request) => erasures.CreateAsync(request);

    [Function("ErasuresList")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest request) => erasures.ListAsync(request);

    [Function("ErasuresFind")]
    public Task<IResult> Find([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest request, string erasureId) => erasures.FindAsync(request, erasureId);

    [Function("ErasuresCancel")]
    public Task<IResult> Cancel([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest request, string erasureId) => erasures.CancelAsync(request, erasureId);

    /// <summary>A run without requests is one listing.</summary>
    [Function(JobNames.ErasePeople)]
    public Task EraseAsync([TimerTrigger("%Schedules:ErasePeople%", UseMonitor = false)] TimerInfo timer, CancellationToken cancellationToken) =>
        jobs.RunAsync(JobNames.ErasePeople, job.RunAsync, cancellationToken);
}
