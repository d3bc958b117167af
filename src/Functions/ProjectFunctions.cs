using Cairn.Api.V1.Projects;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Cairn.Functions;

/// <summary>Projects: make, list, change.</summary>
public sealed class ProjectFunctions(ProjectsApi projects)
{
    const string All = "api/v1/projects", One = All + "/{projectId}";

    [Function("ProjectsCreate")]
    public Task<IResult> Create([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All)] HttpRequest request) => projects.CreateAsync(request);

    [Function("ProjectsList")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest request) => projects.ListAsync(request);

    [Function("ProjectsFind")]
    public Task<IResult> Find([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest request) => projects.FindAsync(request);

    [Function("ProjectsChange")]
    public Task<IResult> Change([HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = One)] HttpRequest request) => projects.ChangeAsync(request);
}
