using Cairn.Api.V1.SignIn;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Cairn.Functions;

/// <summary>Sign-in links and sessions of our own pages.</summary>
public sealed class SignInFunctions(SignInApi signIn)
{
    [Function("SignInLinksCreate")]
    public Task<IResult> CreateLink([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/projects/{projectId}/sign-in-links")] HttpRequest request) =>
        signIn.CreateLinkAsync(request);

    [Function("SignIn")]
    public Task<IResult> OpenLink([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "signin")] HttpRequest request) => signIn.OpenLinkAsync(request);

    [Function("SignOut")]
    public Task<IResult> SignOut([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/sign-out")] HttpRequest request) => signIn.SignOutAsync(request);
}
