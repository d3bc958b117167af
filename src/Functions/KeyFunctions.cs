using Cairn.Api.V1.Keys;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Cairn.Functions;

/// <summary>A project's write tokens, secrets and service accounts.</summary>
public sealed class KeyFunctions(KeysApi keys)
{
    const string Tokens = "api/v1/projects/{projectId}/tokens", Secrets = "api/v1/projects/{projectId}/keys",
        Accounts = "api/v1/projects/{projectId}/service-accounts", One = "/{keyId}";

    [Function("TokensList")]
    public Task<IResult> ListTokens([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Tokens)] HttpRequest request) =>
        keys.ListAsync(KeyFamily.Tokens, request);

    [Function("TokensCreate")]
    public Task<IResult> CreateToken([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Tokens)] HttpRequest request) =>
        keys.CreateAsync(KeyFamily.Tokens, request);

    [Function("TokensDelete")]
    public Task<IResult> DeleteToken([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Tokens + One)] HttpRequest request, string keyId) =>
        keys.DeleteAsync(KeyFamily.Tokens, request, keyId);

    [Function("SecretsList")]
    public Task<IResult> ListSecrets([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Secrets)] HttpRequest request) =>
        keys.ListAsync(KeyFamily.Secrets, request);

    [Function("SecretsCreate")]
    public Task<IResult> CreateSecret([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Secrets)] HttpRequest request) =>
        keys.CreateAsync(KeyFamily.Secrets, request);

    [Function("SecretsChange")]
    public Task<IResult> ChangeSecret([HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = Secrets + One)] HttpRequest request, string keyId) =>
        keys.ChangeRoleAsync(KeyFamily.Secrets, request, keyId);

    [Function("SecretsDelete")]
    public Task<IResult> DeleteSecret([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Secrets + One)] HttpRequest request, string keyId) =>
        keys.DeleteAsync(KeyFamily.Secrets, request, keyId);

    [Function("ServiceAccountsList")]
    public Task<IResult> ListAccounts([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Accounts)] HttpRequest request) =>
        keys.ListAsync(KeyFamily.ServiceAccounts, request);

    [Function("ServiceAccountsCreate")]
    public Task<IResult> CreateAccount([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Accounts)] HttpRequest request) =>
        keys.CreateAsync(KeyFamily.ServiceAccounts, request);

    [Function("ServiceAccountsChange")]
    public Task<IResult> ChangeAccount([HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = Accounts + One)] HttpRequest request, string keyId) =>
        keys.ChangeRoleAsync(KeyFamily.ServiceAccounts, request, keyId);

    [Function("ServiceAccountsDelete")]
    public Task<IResult> DeleteAccount([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Accounts + One)] HttpRequest request, string keyId) =>
        keys.DeleteAsync(KeyFamily.ServiceAccounts, request, keyId);
}
