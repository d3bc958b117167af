using System.Security.Cryptography;
using System.Text;
using Cairn.Ingestion;
using Cairn.Storage;

namespace Cairn.Projects.Keys;

/// <summary>Checks credentials against the credentials table; every refusal does the same slow comparison, whatever was wrong.</summary>
public sealed class AccessControl(
    ITableStore tables, IProjectDirectory projects, SignIns signIns, KeyChanges changes, ProjectsOptions options, TimeProvider clock) : IAccessControl
{
    readonly VerifiedCredentials _verified = new(changes, clock);
    readonly byte[][] _configuredAdminKeys = [.. ConfiguredAdminKeys(options)];

    public ValueTask<Access?> AuthenticateAsync(string user, string password, CancellationToken cancellationToken) =>
        _verified.GetAsync(
            "basic " + user,
            password,
            async () => await (password.Length == 0 ? CheckAloneAsync(user, cancellationToken) : CheckPairAsync(user, password, cancellationToken)) is { } access
                ? (access, null)
                : null);

    public ValueTask<Access?> AuthenticateBearerAsync(string bearer, CancellationToken cancellationToken) =>
        _verified.GetAsync("bearer", bearer, () => CheckBearerAsync(bearer, cancellationToken));

    /// <summary>A write token, or a project's secret.</summary>
    async Task<Access?> CheckAloneAsync(string text, CancellationToken cancellationToken)
    {
        var token = await FindAsync(CredentialAddress.OfToken(text), cancellationToken);
        var secret = await FindAsync(CredentialAddress.OfSecret(text), cancellationToken);
        var isSecret = SecretHash.Verify(text, secret?.Hash);
        if (isSecret) return await GrantAsync(secret!, CredentialKind.ProjectSecret, cancellationToken);
        return token is null ? null : await GrantAsync(token, CredentialKind.WriteToken, cancellationToken);
    }

    /// <summary>An Amplitude API key with a secret of its project, or a service account.</summary>
    async Task<Access?> CheckPairAsync(string user, string password, CancellationToken cancellationToken)
    {
        var token = await FindAsync(CredentialAddress.OfToken(user), cancellationToken);
        var kept = token is null
            ? await FindAsync(CredentialAddress.OfAccount(user), cancellationToken)
            : await FindAsync(CredentialAddress.OfSecret(password), cancellationToken);
        if (!SecretHash.Verify(password, kept?.Hash)) return null;
        if (token is null) return await GrantAsync(kept!, CredentialKind.ServiceAccount, cancellationToken);
        return token.ProjectId == kept!.ProjectId ? await GrantAsync(kept, CredentialKind.ApiKeyAndSecret, cancellationToken) : null;
    }

    async Task<(Access, DateTimeOffset?)?> CheckBearerAsync(string bearer, CancellationToken cancellationToken)
    {
        if (bearer.StartsWith(SecretText.SessionPrefix, StringComparison.Ordinal))
        {
            if (await signIns.FindSessionAsync(bearer, cancellationToken) is not { } session) return null;
            var project = await projects.FindByIdAsync(session.ProjectId, cancellationToken);
            return project is null ? null : (new Access(project, session.Role, CredentialKind.PageSession, "page"), session.ExpiresAt);
        }
        if (IsConfiguredAdminKey(bearer)) return (new Access(null, Role.Admin, CredentialKind.AdminKey, "admin key (setting)"), null);
        var kept = await FindAsync(CredentialAddress.OfAdminKey(bearer), cancellationToken);
        return SecretHash.Verify(bearer, kept?.Hash) ? (new Access(null, kept!.Role, CredentialKind.AdminKey, kept.Actor), null) : null;
    }

    bool IsConfiguredAdminKey(string bearer)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(bearer));
        var found = false;
        foreach (var key in _configuredAdminKeys) found |= CryptographicOperations.FixedTimeEquals(key, hash);
        return found;
    }

    /// <summary>SHA-256 of each key that is a setting.</summary>
    static IEnumerable<byte[]> ConfiguredAdminKeys(ProjectsOptions options)
    {
        if (options.AdminKey is { Length: > 0 } key) yield return SHA256.HashData(Encoding.UTF8.GetBytes(key));
        if (options.AdminKeySha256 is not { Length: > 0 } hash) yield break;
        if (hash.Length != SHA256.HashSizeInBytes * 2 || !hash.All(char.IsAsciiHexDigit))
            throw new InvalidOperationException("The setting CAIRN_ADMIN_KEY_SHA256 is not the SHA-256 of a key: 64 hex digits are expected.");
        yield return Convert.FromHexString(hash);
    }

    async Task<Access?> GrantAsync(Credential credential, CredentialKind kind, CancellationToken cancellationToken) =>
        credential.ProjectId is { } id && await projects.FindByIdAsync(id, cancellationToken) is { } project
            ? new Access(project, credential.Role, kind, credential.Actor)
            : null;

    async Task<Credential?> FindAsync(CredentialAddress? address, CancellationToken cancellationToken) =>
        address is { } at && await tables.FindAsync(KeyTables.Credentials, at.PartitionKey, at.RowKey, cancellationToken) is { } row ? Credential.Of(row) : null;
}
