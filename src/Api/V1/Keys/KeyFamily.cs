using Cairn.Projects.Keys;

namespace Cairn.Api.V1.Keys;

/// <summary>The three lists of keys that a project has, each under its own path.</summary>
public enum KeyFamily
{
    /// <summary><c>/tokens</c>: write tokens, API keys, write keys.</summary>
    Tokens,

    /// <summary><c>/keys</c>: secrets.</summary>
    Secrets,

    /// <summary><c>/service-accounts</c>.</summary>
    ServiceAccounts,
}

static class KeyFamilies
{
    public static bool Holds(this KeyFamily family, KeyKind kind) => family switch
    {
        KeyFamily.Tokens => kind.IsWriteToken(),
        KeyFamily.Secrets => kind is KeyKind.ApiSecret,
        KeyFamily.ServiceAccounts => kind is KeyKind.ServiceAccount,
    };

    /// <summary>The list's name in answers.</summary>
    public static string WireName(this KeyFamily family) => family switch
    {
        KeyFamily.Tokens => "tokens",
        KeyFamily.Secrets => "keys",
        KeyFamily.ServiceAccounts => "service_accounts",
    };

    /// <summary>A listed key.</summary>
    public static object Answer(this KeyFamily family, ProjectKey key) => family switch
    {
        KeyFamily.Tokens => TokenAnswer.Of(key),
        KeyFamily.Secrets => SecretAnswer.Of(key),
        KeyFamily.ServiceAccounts => AccountAnswer.Of(key),
    };
}
