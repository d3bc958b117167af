using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Amplitude;

/// <summary>Amplitude's dashboard and export APIs, leaf by leaf under <c>/api/2/</c>.</summary>
/// <remarks>Source: Amplitude docs, "Dashboard REST API" and "Export API".</remarks>
public sealed class AmplitudeQueryEndpoints
{
    readonly Dictionary<string, Func<HttpRequest, CancellationToken, Task<IResult>>> leaves;

    public AmplitudeQueryEndpoints(
        EventSegmentationEndpoint segmentation, FunnelEndpoint funnels, RetentionEndpoint retention, RevenueLtvEndpoint revenueLtv, CompositionEndpoint composition, SessionEndpoints sessions, EventsListEndpoint list, UserSearchEndpoint search, UserActivityEndpoint activity, AmplitudeExportEndpoint export) =>
        leaves = new(StringComparer.Ordinal)
        {
            ["events/segmentation"] = segmentation.AskAsync,
            ["funnels"] = funnels.AskAsync,
            ["retention"] = retention.AskAsync,
            ["revenue/ltv"] = revenueLtv.AskAsync,
            ["composition"] = composition.AskAsync,
            ["sessions/length"] = sessions.LengthAsync,
            ["sessions/average"] = sessions.AverageAsync,
            ["sessions/peruser"] = sessions.PerUserAsync,
            ["events/list"] = list.AskAsync,
            ["usersearch"] = search.AskAsync,
            ["useractivity"] = activity.AskAsync,
            ["export"] = export.AskAsync,
        };

    /// <summary>What there is to ask.</summary>
    public IReadOnlyCollection<string> Leaves => leaves.Keys;

    /// <summary>Answers a request by the part of its path after the prefix.</summary>
    public Task<IResult> AskAsync(HttpRequest request, string? leaf, CancellationToken cancellationToken) =>
        leaves.TryGetValue((leaf ?? "").Trim('/'), out var answer)
            ? answer(request, cancellationToken)
            : Task.FromResult(AmplitudeError.NotFound("There is no such report here."));
}
