using Azure.Core;

namespace Cairn.Support;

/// <summary>A credential that nobody asks: the local hub wants none.</summary>
public sealed class NoCredential : TokenCredential
{
    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("nobody should ask for a token");

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("nobody should ask for a token");
}
