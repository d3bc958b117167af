using Cairn.Api.FirstPage;
using Cairn.Api.V1.Demo;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Cairn.Functions;

/// <summary>The first page, its files and what it asks beside reports.</summary>
public sealed class PageFunctions(PageFiles files, FirstPageRoute page, DemoEndpoint demo)
{
    /// <summary>An empty <c>Route</c> would mean the function's name, so the root is an optional part without length.</summary>
    [Function("Page")]
    public IResult Page([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "{page:maxlength(0)?}")] HttpRequest request) =>
        files.Index(request);

    [Function("PageFile")]
    public IResult File([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "assets/{name}")] HttpRequest request, string name) =>
        files.File(request, name);

    [Function("FirstPage")]
    public Task<IResult> FirstPage([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/first-page")] HttpRequest request) => page.ShowAsync(request);

    [Function("FillDemo")]
    public Task<IResult> FillDemo([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/demo")] HttpRequest request, CancellationToken cancellationToken) =>
        demo.FillAsync(request, cancellationToken);
}
