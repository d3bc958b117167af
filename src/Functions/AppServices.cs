using Cairn.Api;
using Cairn.Api.Ingest;
using Cairn.Api.FirstPage;
using Cairn.Api.V1;
using Cairn.Api.V1.Demo;
using Cairn.Projects;
using Cairn.Projects.Demo;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Cairn.Functions;

/// <summary>Everything the functions need, room by room.</summary>
public static partial class AppServices
{
    /// <summary>Adds the rooms; the stores behind the ports come from the host: Azure's, or one machine's.</summary>
    public static IServiceCollection AddCairn(this IServiceCollection services)
    {
        services.AddIngestion().AddProjects();
        services.AddProjectsApi();
        services.AddMixpanelIngest().AddAmplitudeIngest().AddSegmentIngest();
        services.AddRecentSources().AddQueryApi().AddPeople();
        services.AddSingleton<PageFiles>().AddSingleton<FirstPageRoute>().AddSingleton<DemoFill>().AddSingleton<DemoEndpoint>();
        services.AddHostedService<FirstStartService>();
        services.TryAddSingleton(_ => new ProgressLine(Console.Out));
        services.AddHostedService<DemoStartService>();
        AddTelemetry(services);
        return services;
    }

    /// <summary>Where measurements go on Azure; nothing in builds without Microsoft's packages.</summary>
    static partial void AddTelemetry(IServiceCollection services);
}
