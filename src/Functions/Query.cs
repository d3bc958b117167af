using Cairn.Api.V1.Cohorts;
using Cairn.Api.V1.Composition;
using Cairn.Api.V1.Flows;
using Cairn.Api.V1.Funnels;
using Cairn.Api.V1.Lifecycle;
using Cairn.Api.V1.LifetimeValue;
using Cairn.Api.V1.Live;
using Cairn.Api.V1.Retention;
using Cairn.Api.V1.Revenue;
using Cairn.Api.V1.Segmentation;
using Cairn.Api.V1.Sessions;
using Cairn.Api.V1.Stickiness;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Cairn.Functions;

/// <summary>Questions to our own API.</summary>
public sealed class Query(
    SegmentationRoute segmentation, FunnelRoute funnels, RetentionRoute retention, StickinessRoute stickiness, LifecycleRoute lifecycle, CohortRoute cohorts,
    RevenueRoute revenue, LifetimeValueRoute lifetimeValue, CompositionRoute composition, SessionsRoute sessions, FlowsRoute flows, LiveRoutes live)
{
    [Function("QuerySegmentation")]
    public Task<IResult> Segmentation(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/query/segmentation")] HttpRequest request, CancellationToken cancellationToken) =>
        segmentation.AskAsync(request, cancellationToken);

    [Function("QueryFunnels")]
    public Task<IResult> Funnels(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/query/funnels")] HttpRequest request, CancellationToken cancellationToken) =>
        funnels.AskAsync(request, cancellationToken);

    [Function("QueryRetention")]
    public Task<IResult> Retention(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/query/retention")] HttpRequest request, CancellationToken cancellationToken) =>
        retention.AskAsync(request, cancellationToken);

    [Function("QueryStickiness")]
    public Task<IResult> Stickiness(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/query/stickiness")] HttpRequest request, CancellationToken cancellationToken) =>
        stickiness.AskAsync(request, cancellationToken);

    [Function("QueryLifecycle")]
    public Task<IResult> Lifecycle(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/query/lifecycle")] HttpRequest request, CancellationToken cancellationToken) =>
        lifecycle.AskAsync(request, cancellationToken);

    [Function("QueryRevenue")]
    public Task<IResult> Revenue(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/query/revenue")] HttpRequest request, CancellationToken cancellationToken) =>
        revenue.AskAsync(request, cancellationToken);

    [Function("QueryLifetimeValue")]
    public Task<IResult> LifetimeValue(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/query/lifetime-value")] HttpRequest request, CancellationToken cancellationToken) =>
        lifetimeValue.AskAsync(request, cancellationToken);

    [Function("QueryComposition")]
    public Task<IResult> Composition(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/query/composition")] HttpRequest request, CancellationToken cancellationToken) =>
        composition.AskAsync(request, cancellationToken);

    [Function("QuerySessions")]
    public Task<IResult> Sessions(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/query/sessions")] HttpRequest request, CancellationToken cancellationToken) =>
        sessions.AskAsync(request, cancellationToken);

    [Function("QueryFlows")]
    public Task<IResult> Flows(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/query/flows")] HttpRequest request, CancellationToken cancellationToken) =>
        flows.AskAsync(request, cancellationToken);

    [Function("QueryCohorts")]
    public Task<IResult> Cohorts(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/query/cohorts")] HttpRequest request, CancellationToken cancellationToken) =>
        cohorts.AskAsync(request, cancellationToken);

    [Function("Live")]
    public Task<IResult> Live([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/live")] HttpRequest request, CancellationToken cancellationToken) =>
        live.LatestAsync(request, cancellationToken);

    [Function("LiveLastHour")]
    public Task<IResult> LastHour([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/live/last-hour")] HttpRequest request, CancellationToken cancellationToken) =>
        live.LastHourAsync(request, cancellationToken);
}
