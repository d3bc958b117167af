using Cairn.Api.Amplitude;
using Cairn.Api.Mixpanel;
using Cairn.Api.V1;
using Cairn.Api.V1.Activity;
using Cairn.Api.V1.Cohorts;
using Cairn.Api.V1.Composition;
using Cairn.Api.V1.Flows;
using Cairn.Api.V1.Funnels;
using Cairn.Api.V1.Lifecycle;
using Cairn.Api.V1.LifetimeValue;
using Cairn.Api.V1.Live;
using Cairn.Api.V1.OpenApi;
using Cairn.Api.V1.Reports;
using Cairn.Api.V1.Retention;
using Cairn.Api.V1.Revenue;
using Cairn.Api.V1.Segmentation;
using Cairn.Api.V1.Sessions;
using Cairn.Api.V1.Stickiness;
using Cairn.Projects.Reports.Daily;
using Cairn.Query.ClickHouse;
using Cairn.Query.Cohorts;
using Cairn.Query.Composition;
using Cairn.Query.Flows;
using Cairn.Query.Funnels;
using Cairn.Query.Lifecycle;
using Cairn.Query.LifetimeValue;
using Cairn.Query.Persons;
using Cairn.Query.Properties;
using Cairn.Query.Retention;
using Cairn.Query.Revenue;
using Cairn.Query.Rows;
using Cairn.Query.Scanning;
using Cairn.Query.Segmentation;
using Cairn.Query.Sessions;
using Cairn.Query.Stickiness;
using Cairn.Storage.Erasure;
using Cairn.Storage;
using Cairn.Storage.Identity;
using Cairn.Storage.Lake;
using Cairn.Storage.Profiles;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.DependencyInjection;

namespace Cairn.Api;

/// <summary>What answers questions: the reports, and the vendors' query APIs over them.</summary>
public static class QueryServices
{
    /// <summary>Memory for decoded columns of those who look on as events come in.</summary>
    internal const long LiveBudgetBytes = 64L * 1024 * 1024;

    /// <summary>Reads rows of the lake and the recent ones that it has not taken yet, and the people from their claims and updates.</summary>
    public static IServiceCollection AddRecentSources(this IServiceCollection services)
    {
        services.TryAddSingleton(provider => new ColumnCache(QuerySettings.ColumnBytes(provider.GetService<IConfiguration>(), GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)));
        services.AddHostedService<CacheMeter>();
        services.TryAddSingleton(provider => new LakeTables(provider.GetRequiredService<IBlobStore>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<LakeSnapshots>();
        services.TryAddSingleton(provider => new ErasureStore(provider.GetRequiredService<IBlobStore>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<IRowSnapshots>(provider => new RowsWithoutErased(provider.GetRequiredService<LakeSnapshots>(), provider.GetRequiredService<ErasureStore>()));
        services.TryAddSingleton(provider =>
        {
            var cache = new ColumnCache(LiveBudgetBytes);
            var recent = new StoredEvents(new RowsWithoutErased(new RecentReader(provider.GetRequiredService<IBlobStore>(), cache), provider.GetRequiredService<ErasureStore>()));
            return new LiveReader(new(recent, provider.GetRequiredService<IPeopleSource>(), cache));
        });
        services.TryAddSingleton<IPersonDirectory, PersonDirectory>();
        services.TryAddSingleton<IProfileDirectory, ProfileDirectory>();
        services.TryAddSingleton(provider => new ClickHouseEngine(
            QueryEngineSettings.Read(provider.GetService<IConfiguration>()), provider.GetRequiredService<LakeSnapshots>(), provider.GetRequiredService<IPeopleSource>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<IRowSnapshots>()));
        return services.AddSingleton<IEventSource, StoredEvents>().AddSingleton<IPeopleSource, DirectoryPeople>();
    }

    /// <remarks>Needs <see cref="IEventSource"/>, <see cref="IPeopleSource"/>, a <see cref="ColumnCache"/>, access control and a <see cref="TimeProvider"/> beside it.</remarks>
    public static IServiceCollection AddQueryApi(this IServiceCollection services)
    {
        services.TryAddSingleton<ICohortDirectory, SavedCohorts>();
        services.TryAddSingleton(provider => new ErasureStore(provider.GetRequiredService<IBlobStore>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<DailyStore>();
        services.TryAddSingleton<StoredAnswers>();
        return services.AddSingleton<NamedCohorts>()
            .AddSingleton<ReportReader>()
            .AddSingleton<SegmentationReport>()
            .AddSingleton<PropertyCountReport>()
            .AddSingleton<EventRows>()
            .AddSingleton<LatestEvents>()
            .AddSingleton<V1Door>()
            .AddSingleton<LiveRoutes>()
            .AddSingleton<SegmentationRoute>()
            .AddSingleton<RetentionReport>()
            .AddSingleton<RetentionRoute>()
            .AddSingleton<FunnelReport>()
            .AddSingleton<FunnelRoute>()
            .AddSingleton<CohortReport>()
            .AddSingleton<CohortRoute>()
            .AddSingleton<LifecycleReport>()
            .AddSingleton<LifecycleRoute>()
            .AddSingleton<RevenueReport>()
            .AddSingleton<RevenueRoute>()
            .AddSingleton<LifetimeValueReport>()
            .AddSingleton<LifetimeValueRoute>()
            .AddSingleton<CompositionReport>()
            .AddSingleton<CompositionRoute>()
            .AddSingleton<FlowsReport>()
            .AddSingleton<FlowsRoute>()
            .AddSingleton<SessionsReport>()
            .AddSingleton<SessionsRoute>()
            .AddSingleton<StickinessReport>()
            .AddSingleton<StickinessRoute>()
            .AddSingleton<MixpanelDoor>()
            .AddSingleton<SegmentationEndpoints>()
            .AddSingleton<FunnelEndpoints>()
            .AddSingleton<ReportsApi>()
            .AddSingleton<IReportAnswers, ReportAnswers>()
            .AddSingleton<ReportAnswerRoute>()
            .AddSingleton<OpenApiRoute>()
            .AddSingleton<RetentionEndpoints>()
            .AddSingleton<AddictionEndpoint>()
            .AddSingleton<EventsEndpoints>()
            .AddSingleton<PropertiesEndpoints>()
            .AddSingleton<ExportEndpoint>()
            .AddSingleton<StreamEndpoint>()
            .AddSingleton<EngageSessions>()
            .AddSingleton<EngageEndpoints>()
            .AddSingleton<MixpanelQueryEndpoints>()
            .AddSingleton<PersonSearch>()
            .AddSingleton<PersonHistory>()
            .AddSingleton<ActivityRoute>()
            .AddSingleton<AmplitudeDoor>()
            .AddSingleton<AmplitudePersons>()
            .AddSingleton<EventSegmentationEndpoint>()
            .AddSingleton<FunnelEndpoint>()
            .AddSingleton<RetentionEndpoint>()
            .AddSingleton<RevenueLtvEndpoint>()
            .AddSingleton<CompositionEndpoint>()
            .AddSingleton<SessionEndpoints>()
            .AddSingleton<EventsListEndpoint>()
            .AddSingleton<UserSearchEndpoint>()
            .AddSingleton<UserActivityEndpoint>()
            .AddSingleton<AmplitudeExportEndpoint>()
            .AddSingleton<AmplitudeQueryEndpoints>();
    }
}
