using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Mixpanel;

/// <summary>Mixpanel's query API, leaf by leaf; each is served under <c>/api/query/</c> and <c>/api/2.0/</c>.</summary>
/// <remarks>Source: Mixpanel's query API reference; older clients use the second prefix, with or without a slash at the end.</remarks>
public sealed class MixpanelQueryEndpoints
{
    readonly Dictionary<string, Func<HttpRequest, CancellationToken, Task<IResult>>> leaves;

    public MixpanelQueryEndpoints(
        SegmentationEndpoints segmentation, FunnelEndpoints funnels, RetentionEndpoints retention, AddictionEndpoint addiction, EventsEndpoints events, PropertiesEndpoints properties,
        ExportEndpoint export, EngageEndpoints engage, StreamEndpoint stream) =>
        leaves = new(StringComparer.Ordinal)
        {
            ["segmentation"] = segmentation.SegmentationAsync,
            ["segmentation/numeric"] = segmentation.NumericAsync,
            ["segmentation/sum"] = segmentation.SumAsync,
            ["segmentation/average"] = segmentation.AverageAsync,
            ["funnels"] = funnels.FunnelsAsync,
            ["funnels/list"] = funnels.ListAsync,
            ["retention"] = retention.RetentionAsync,
            ["retention/addiction"] = addiction.AskAsync,
            ["events"] = events.EventsAsync,
            ["events/top"] = events.TopAsync,
            ["events/names"] = events.NamesAsync,
            ["events/properties"] = properties.PropertiesAsync,
            ["events/properties/top"] = properties.TopAsync,
            ["events/properties/values"] = properties.ValuesAsync,
            ["stream/query"] = stream.AskAsync,
            ["export"] = export.ExportAsync,
            ["engage"] = engage.EngageAsync,
            ["engage/properties"] = engage.PropertiesAsync,
            ["engage/stats"] = engage.StatsAsync,
        };

    /// <summary>What there is to ask.</summary>
    public IReadOnlyCollection<string> Leaves => leaves.Keys;

    /// <summary>Answers a request by the part of its path after the prefix.</summary>
    public Task<IResult> AskAsync(HttpRequest request, string? leaf, CancellationToken cancellationToken) =>
        leaves.TryGetValue((leaf ?? "").Trim('/'), out var answer)
            ? answer(request, cancellationToken)
            : Task.FromResult(MixpanelError.Of(request, StatusCodes.Status404NotFound, "There is no such report here."));
}
