using Cairn.Api.V1.Jobs;
using Cairn.Projects.Jobs;
using Cairn.Projects.Reports.Daily;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Cairn.Functions;

/// <summary>Computes saved reports for each day that has closed, and tells how far this and other jobs have come.</summary>
public sealed class DailyReportFunctions(DailyReports reports, JobsApi told, JobLog jobs)
{
    /// <summary>Every five minutes: days close at any quarter of an hour somewhere, and late rows are seen before compaction takes their files.</summary>
    [Function(JobNames.DailyReportsSchedule)]
    public Task Compute([TimerTrigger("30 */5 * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        jobs.RunAsync(JobNames.DailyReportsSchedule, reports.RunAsync, cancellationToken);

    [Function("JobsList")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/jobs")] HttpRequest request) => told.ListAsync(request);
}
