using Cairn.LocalHost.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.Functions.Worker;

namespace Cairn.LocalHost.Http;

/// <summary>The routes of the HTTP functions, with the Functions host's rules.</summary>
/// <remarks>
/// A route is <c>{routePrefix}/{Route, else the function's name}</c>; a literal outranks a parameter, a parameter a catch-all; case and
/// a trailing slash don't matter; a path or method that no function has is a 404 (never a 405); <c>/admin</c> and <c>/runtime</c> belong to
/// the host. Source: Microsoft Learn, "Azure Functions HTTP trigger"; Azure/azure-functions-dotnet-worker, FunctionsEndpointDataSource.
/// </remarks>
static class HttpRoutes
{
    /// <summary>First parts of a path that no function may have.</summary>
    static readonly string[] Reserved = ["admin", "runtime"];

    /// <summary>Endpoints for all HTTP functions among <paramref name="functions"/>.</summary>
    /// <param name="runByHand">Begins a run of a named function that no request triggers; gives the status to answer.</param>
    /// <param name="compile">Makes a function's delegate; called at its first request.</param>
    public static IReadOnlyList<Endpoint> Of(IEnumerable<FunctionMethod> functions, string routePrefix, Func<string, HttpRequest, int> runByHand, Func<FunctionMethod, RequestDelegate> compile)
    {
        var endpoints = new List<Endpoint>();
        foreach (var function in functions)
        {
            if (function.Trigger is not HttpTriggerAttribute trigger) continue;
            var route = string.IsNullOrEmpty(trigger.Route) ? function.Name : trigger.Route;
            if (route.StartsWith('/') || Reserved.Contains(route.Split('/')[0], StringComparer.OrdinalIgnoreCase))
                throw new InvalidOperationException($"function {function.Name}: route {route} begins with a slash or belongs to the host");
            var pattern = RoutePatternFactory.Parse(routePrefix.Length == 0 ? route : $"{routePrefix}/{route}");
            HttpInvoker.Check(function, pattern);
            RequestDelegate? compiled = null;
            endpoints.Add(Endpoint(pattern, function.Name, trigger.Methods, http => (compiled ??= compile(function))(http)));
        }
        foreach (var part in Reserved)
            endpoints.Add(Endpoint(RoutePatternFactory.Parse(part + "/{*path}"), part, null, NotFound));
        endpoints.Add(Endpoint(RoutePatternFactory.Parse("admin/functions/{name}"), "admin", [HttpMethods.Post], http =>
        {
            http.Response.StatusCode = runByHand((string)http.Request.RouteValues["name"]!, http.Request);
            return Task.CompletedTask;
        }));
        return endpoints;
    }

    /// <summary>Calls what routing found; a wrong method's endpoint is routing's own and no route.</summary>
    public static Task Dispatch(HttpContext http) =>
        http.GetEndpoint() is RouteEndpoint { RequestDelegate: { } answer } ? answer(http) : NotFound(http);

    static Task NotFound(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    static Endpoint Endpoint(RoutePattern pattern, string name, string[]? methods, RequestDelegate answer)
    {
        var builder = new RouteEndpointBuilder(answer, pattern, order: 0) { DisplayName = name };
        if (methods is { Length: > 0 }) builder.Metadata.Add(new HttpMethodMetadata(methods.Select(method => method.ToUpperInvariant())));
        return builder.Build();
    }
}
