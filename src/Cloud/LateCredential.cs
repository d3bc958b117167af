using Azure.Core;
using Azure.Identity;

namespace Cairn.Cloud;

/// <summary>
/// The app's identity on Azure, or the developer's own; made when the first token is asked for, because making it loads much that an app
/// with no Azure behind it never needs.
/// </summary>
sealed class LateCredential : TokenCredential
{
    readonly Lazy<TokenCredential> credential = new(() => new DefaultAzureCredential());

    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        credential.Value.GetToken(requestContext, cancellationToken);

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        credential.Value.GetTokenAsync(requestContext, cancellationToken);
}
