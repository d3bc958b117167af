using Cairn.Ingestion;
using Cairn.Ingestion.Erasure;
using Cairn.Projects.Aggregates;
using Cairn.Projects.Compaction;
using Cairn.Projects.Health;
using Cairn.Projects.Jobs;
using Cairn.Projects.Keys;
using Cairn.Projects.Privacy;
using Cairn.Projects.Reports;
using Cairn.Projects.Reports.Daily;
using Cairn.Storage;
using Cairn.Storage.Recent;
using Cairn.Storage.Compaction;
using Cairn.Storage.Compaction.BuiltTables;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Cairn.Projects;

/// <summary>This room's services.</summary>
public static class ProjectsServices
{
    /// <summary>Adds all of them; the stores come from whoever wires the app.</summary>
    public static IServiceCollection AddProjects(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(ReadOptions);
        services.AddSingleton<KeyChanges>();
        services.AddSingleton<ProjectStore>();
        services.AddSingleton<ProjectKeys>();
        services.AddSingleton<SignIns>();
        services.AddSingleton<FirstStart>();
        services.AddSingleton<IProjectDirectory, ProjectDirectory>();
        services.AddSingleton<IAccessControl, AccessControl>();
        services.AddSingleton<Suppressions>();
        services.AddSingleton<ISuppressions>(provider => provider.GetRequiredService<Suppressions>());
        services.AddHostedService<SuppressionsRefresh>();
        services.AddSingleton<SavedReports>();
        services.AddSingleton<AggregateStore>();
        services.AddSingleton<DayCounter>();
        services.AddSingleton<IArrivals, Arrivals>();
        services.AddSingleton<EventsByName>();
        services.TryAddSingleton<DailyStore>();
        services.TryAddSingleton<StoredAnswers>();
        services.AddSingleton<DailyReports>();
        services.TryAddSingleton(provider => CompactionSettings.Read(provider.GetService<IConfiguration>()));
        services.AddSingleton<LakeCompaction>();
        services.AddSingleton<PeopleTables>();
        services.AddSingleton<CompactionSchedule>();
        services.TryAddSingleton(provider => PrivacyOptions.Read(provider.GetService<IConfiguration>()));
        services.AddSingleton<ErasureRequests>();
        services.AddSingleton<ReceiptSigner>();
        services.AddSingleton<HeldMessages>();
        services.AddSingleton<ErasureJob>();
        services.AddSingleton<JobLog>();
        services.AddSingleton<Readiness>();
        return services;
    }

    /// <summary>The settings <c>CAIRN_ADMIN_KEY</c> and <c>CAIRN_ADMIN_KEY_SHA256</c>; and on one machine the file of keys, in its folder.</summary>
    static ProjectsOptions ReadOptions(IServiceProvider provider) => new(
        provider.GetService<IConfiguration>()?["CAIRN_ADMIN_KEY"],
        provider.GetService<MachineFolder>() is { } folder ? Path.Combine(folder.FullPath, "keys.json") : null,
        provider.GetService<IConfiguration>()?["CAIRN_ADMIN_KEY_SHA256"]);
}
