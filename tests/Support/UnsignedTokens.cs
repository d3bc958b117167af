using System.Buffers.Text;
using System.Text.Json;
using Azure.Core;

namespace Cairn.Support;

/// <summary>A credential whose tokens Azurite takes: it looks at who they are for and until when, and not at the signature.</summary>
/// <remarks>Source: Azurite's README, "OAuth configuration", level "basic".</remarks>
public sealed class UnsignedTokens : TokenCredential
{
    /// <summary>The scopes that were asked for.</summary>
    public HashSet<string> Scopes { get; } = [];

    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        lock (Scopes) Scopes.UnionWith(requestContext.Scopes);
        var now = DateTimeOffset.UtcNow;
        var claims = new Dictionary<string, object>
        {
            ["aud"] = "https://storage.azure.com",
            ["iss"] = "https://sts.windows.net/00000000-0000-0000-0000-000000000000/",
            ["iat"] = now.AddMinutes(-1).ToUnixTimeSeconds(),
            ["nbf"] = now.AddMinutes(-1).ToUnixTimeSeconds(),
            ["exp"] = now.AddHours(1).ToUnixTimeSeconds(),
        };
        var token = $"{Part(new Dictionary<string, object> { ["alg"] = "RS256", ["typ"] = "JWT" })}.{Part(claims)}.{Base64Url.EncodeToString("unsigned"u8)}";
        return new AccessToken(token, now.AddHours(1));
    }

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        new(GetToken(requestContext, cancellationToken));

    static string Part(Dictionary<string, object> values) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(values));
}
