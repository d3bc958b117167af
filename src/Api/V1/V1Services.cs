using Cairn.Api.Authorization;
using Cairn.Api.V1.Aggregates;
using Cairn.Api.V1.DeadLetters;
using Cairn.Api.V1.Health;
using Cairn.Api.V1.Jobs;
using Cairn.Api.V1.Keys;
using Cairn.Api.V1.Privacy;
using Cairn.Api.V1.Projects;
using Cairn.Api.V1.SetAside;
using Cairn.Api.V1.SignIn;
using Cairn.Storage.Recent.SetAside;
using Microsoft.Extensions.DependencyInjection;

namespace Cairn.Api.V1;

/// <summary>The handlers of projects, keys and sign-in.</summary>
public static class V1Services
{
    /// <summary>Adds them, and the check of credentials that every other handler asks too.</summary>
    public static IServiceCollection AddProjectsApi(this IServiceCollection services)
    {
        services.AddSingleton<RequestAuthorization>();
        services.AddSingleton<ProjectsApi>();
        services.AddSingleton<KeysApi>();
        services.AddSingleton<SignInApi>();
        services.AddSingleton<AggregatesApi>();
        services.AddSingleton<DeadLettersApi>();
        services.AddSingleton<SetAsideFiles>();
        services.AddSingleton<SetAsideApi>();
        services.AddSingleton<HealthApi>();
        services.AddSingleton<ErasuresApi>();
        services.AddSingleton<JobsApi>();
        return services;
    }
}
