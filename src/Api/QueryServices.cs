using Cairn.Api.Mixpanel;
using Cairn.Api.V1;
using Cairn.Api.V1.Segmentation;
using Cairn.Query.Properties;
using Cairn.Query.Rows;
using Cairn.Query.Scanning;
using Cairn.Query.Segmentation;
using Microsoft.Extensions.DependencyInjection;

namespace Cairn.Api;

/// <summary>What answers questions: the reports, and the vendors' query APIs over them.</summary>
public static class QueryServices
{
    /// <summary>Memory for texts' codes and persons of recent files; a budget, not a reservation.</summary>
    const long ColumnBudgetBytes = 256L * 1024 * 1024;

    /// <remarks>Needs <see cref="IEventSource"/>, <see cref="IPeopleSource"/>, access control and a <see cref="TimeProvider"/> beside it.</remarks>
    public static IServiceCollection AddQueryApi(this IServiceCollection services) => services
        .AddSingleton(new ColumnCache(ColumnBudgetBytes))
        .AddSingleton<ReportReader>()
        .AddSingleton<SegmentationReport>()
        .AddSingleton<PropertyCountReport>()
        .AddSingleton<EventRows>()
        .AddSingleton<V1Door>()
        .AddSingleton<SegmentationRoute>()
        .AddSingleton<MixpanelDoor>()
        .AddSingleton<SegmentationEndpoints>()
        .AddSingleton<EventsEndpoints>()
        .AddSingleton<PropertiesEndpoints>()
        .AddSingleton<ExportEndpoint>()
        .AddSingleton<MixpanelQueryEndpoints>();
}
