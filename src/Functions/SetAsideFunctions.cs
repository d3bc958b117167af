using Cairn.Api.V1.SetAside;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Cairn.Functions;

/// <summary>Recent files that were damaged: look, take back, drop.</summary>
public sealed class SetAsideFunctions(SetAsideApi files)
{
    const string All = "api/v1/set-aside", One = All + "/{fileId}";

    [Function("SetAsideList")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest request) => files.ListAsync(request);

    [Function("SetAsideRead")]
    public Task<IResult> Read([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest request, string fileId) => files.ReadAsync(request, fileId);

    [Function("SetAsideRestore")]
    public Task<IResult> Restore([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = One + "/restore")] HttpRequest request, string fileId) => files.RestoreAsync(request, fileId);

    [Function("SetAsideDrop")]
    public Task<IResult> Drop([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest request, string fileId) => files.DropAsync(request, fileId);
}
