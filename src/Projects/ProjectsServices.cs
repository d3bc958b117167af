using Cairn.Ingestion;
using Cairn.Projects.Keys;
using Cairn.Projects.Privacy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Cairn.Projects;

/// <summary>This room's services.</summary>
public static class ProjectsServices
{
    /// <summary>Adds all of them; stores and a <see cref="ProjectsOptions"/> come from whoever wires the app.</summary>
    public static IServiceCollection AddProjects(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new ProjectsOptions());
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
        return services;
    }
}
