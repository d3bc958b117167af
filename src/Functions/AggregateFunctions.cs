using Cairn.Api.V1.Aggregates;
using Cairn.Projects.Aggregates;
using Cairn.Projects.Jobs;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Cairn.Functions;

/// <summary>Daily counts: made by the clock, served over HTTP.</summary>
public sealed class AggregateFunctions(EventsByName eventsByName, AggregatesApi aggregates, JobLog jobs)
{
    /// <summary>Every five minutes: days close at any quarter of an hour somewhere, and late rows are seen before compaction takes their files.</summary>
    [Function(JobNames.EventsByNameSchedule)]
    public Task Count([TimerTrigger("%Schedules:EventsByName%")] TimerInfo timer, CancellationToken cancellationToken) =>
        jobs.RunAsync(JobNames.EventsByNameSchedule, eventsByName.RunAsync, cancellationToken);

    [Function("EventsByName")]
    public Task<IResult> Read([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/aggregates/events-by-name")] HttpRequest request) =>
        aggregates.EventsByNameAsync(request);
}
