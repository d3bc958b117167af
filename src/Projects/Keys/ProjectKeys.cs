using System.Security.Cryptography;
using Cairn.Storage;

namespace Cairn.Projects.Keys;

/// <summary>Makes, lists, changes and takes away the keys of projects.</summary>
/// <remarks>
/// A key is two rows: one in its project's list, and the credential that requests are checked against. The list's row is written first and removed last, so a
/// fault in between leaves a listed key that opens nothing, and never an unlisted one that does.
/// </remarks>
public sealed class ProjectKeys(ITableStore tables, KeyChanges changes, TimeProvider clock)
{
    /// <summary>Characters of a key's name.</summary>
    public const int MaxNameLength = 100;

    /// <summary>Tries at a secret whose beginning no other has: 8 hex characters clash once in four thousand million.</summary>
    const int MaxAttempts = 5;

    /// <summary>Makes a write token, or takes one that the project's apps already carry.</summary>
    /// <param name="token">A well-formed token of this kind; null for a new one.</param>
    /// <returns>Null where some project has this token already.</returns>
    public Task<NewKey?> CreateTokenAsync(string projectId, KeyKind kind, string name, string? token, CancellationToken cancellationToken)
    {
        if (!kind.IsWriteToken()) throw new ArgumentOutOfRangeException(nameof(kind), kind, "Only write tokens are made here.");
        if (token is not null && !kind.IsWellFormed(token)) throw new ArgumentException($"This is no {kind}.", nameof(token));
        token ??= SecretText.New(kind);
        return TryCreateAsync(projectId, kind, name, Role.Writer, token, token, CredentialAddress.OfToken(token), hash: null, cancellationToken);
    }

    /// <summary>Makes a secret of the project.</summary>
    public Task<NewKey> CreateSecretAsync(string projectId, string name, Role role, CancellationToken cancellationToken) =>
        CreateAsync(projectId, KeyKind.ApiSecret, name, role, secret => (SecretText.Hint(secret), CredentialAddress.OfSecret(secret)!.Value), cancellationToken);

    /// <summary>Makes a service account; its user name is the given name with a random part, for names are unique in the deployment.</summary>
    public Task<NewKey> CreateServiceAccountAsync(string projectId, string name, Role role, CancellationToken cancellationToken) =>
        CreateAsync(
            projectId,
            KeyKind.ServiceAccount,
            name,
            role,
            _ =>
            {
                var username = $"{Slug(name)}.{RandomNumberGenerator.GetHexString(6, lowercase: true)}.cairn-service-account";
                return (username, CredentialAddress.OfAccount(username));
            },
            cancellationToken);

    /// <summary>Makes a new admin key in place of all before it.</summary>
    public async Task<NewKey> ReplaceAdminKeyAsync(CancellationToken cancellationToken)
    {
        var before = await ListAsync(KeyTables.DeploymentPartition, cancellationToken);
        var made = await CreateAsync(
            KeyTables.DeploymentPartition,
            KeyKind.AdminKey,
            "admin key",
            Role.Admin,
            key => ($"{SecretText.AdminKeyPrefix}…", CredentialAddress.OfAdminKey(key)!.Value),
            cancellationToken);
        foreach (var key in before) await DeleteAsync(KeyTables.DeploymentPartition, key.Id, cancellationToken);
        return made;
    }

    /// <summary>All keys of a project, the oldest first.</summary>
    public async Task<IReadOnlyList<ProjectKey>> ListAsync(string projectId, CancellationToken cancellationToken)
    {
        var keys = new List<ProjectKey>();
        await foreach (var row in tables.QueryAsync(KeyTables.Keys, new TableRange(projectId), cancellationToken)) keys.Add(ProjectKey.Of(row));
        return [.. keys.OrderBy(key => key.CreatedAt).ThenBy(key => key.Id, StringComparer.Ordinal)];
    }

    /// <summary>Gives a service account or a secret another role.</summary>
    /// <returns>The key as it is now; null where the project has no such key.</returns>
    public async Task<ProjectKey?> ChangeRoleAsync(string projectId, string keyId, Role role, CancellationToken cancellationToken)
    {
        if (!IsKeyId(keyId) || await tables.FindAsync(KeyTables.Keys, projectId, keyId, cancellationToken) is not { } row) return null;
        var key = ProjectKey.Of(row) with { Role = role };
        if (key.Kind.IsWriteToken()) throw new ArgumentException("A write token only writes.", nameof(keyId));
        var address = ProjectKey.AddressOf(row);
        if (await tables.FindAsync(KeyTables.Credentials, address.PartitionKey, address.RowKey, cancellationToken) is not { } credentialRow) return null;

        var credential = Credential.Of(credentialRow) with { Role = role };
        await tables.SubmitAsync(
            KeyTables.Credentials, address.PartitionKey, [new(address.RowKey, TableAction.Replace, credential.ToValues())], cancellationToken);
        await tables.SubmitAsync(KeyTables.Keys, projectId, [new(keyId, TableAction.Replace, key.ToValues(address))], cancellationToken);
        changes.Announce();
        return key;
    }

    /// <summary>Takes a key away; requests with it are refused from now on here, and within <see cref="ProjectDirectory.VisibleElsewhereWithin"/> elsewhere.</summary>
    /// <returns>False where the project has no such key.</returns>
    public async Task<bool> DeleteAsync(string projectId, string keyId, CancellationToken cancellationToken)
    {
        if (!IsKeyId(keyId) || await tables.FindAsync(KeyTables.Keys, projectId, keyId, cancellationToken) is not { } row) return false;
        var address = ProjectKey.AddressOf(row);
        await tables.SubmitAsync(KeyTables.Credentials, address.PartitionKey, [Deletion(address.RowKey)], cancellationToken);
        changes.Announce();
        await tables.SubmitAsync(KeyTables.Keys, projectId, [Deletion(keyId)], cancellationToken);
        return true;
    }

    async Task<NewKey> CreateAsync(
        string projectId, KeyKind kind, string name, Role role, Func<string, (string Text, CredentialAddress Address)> describe, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var secret = SecretText.New(kind);
            var (text, address) = describe(secret);
            if (await TryCreateAsync(projectId, kind, name, role, text, secret, address, SecretHash.Make(secret), cancellationToken) is { } made) return made;
        }
        throw new InvalidOperationException($"{MaxAttempts} new keys in a row were taken.");
    }

    async Task<NewKey?> TryCreateAsync(
        string projectId, KeyKind kind, string name, Role role, string text, string secret, CredentialAddress address, string? hash, CancellationToken cancellationToken)
    {
        var key = new ProjectKey(RandomNumberGenerator.GetHexString(12, lowercase: true), kind, name, role, clock.GetUtcNow(), text);
        var owner = projectId == KeyTables.DeploymentPartition ? null : projectId;
        var credential = new Credential(owner, kind, role, kind is KeyKind.ServiceAccount ? text : name, hash);

        await tables.SubmitAsync(KeyTables.Keys, projectId, [new(key.Id, TableAction.Insert, key.ToValues(address))], cancellationToken);
        var inserted = await tables.SubmitAsync(
            KeyTables.Credentials, address.PartitionKey, [new(address.RowKey, TableAction.Insert, credential.ToValues())], cancellationToken);
        changes.Announce();
        if (inserted is not null) return new NewKey(key, secret);
        await tables.SubmitAsync(KeyTables.Keys, projectId, [Deletion(key.Id)], cancellationToken);
        return null;
    }

    static TableChange Deletion(string rowKey) => new(rowKey, TableAction.Delete, new Dictionary<string, object>());

    static bool IsKeyId(string keyId) => keyId.Length is > 0 and <= 32 && keyId.All(char.IsAsciiHexDigitLower);

    /// <summary>What is left of a name in a user name: lower-case letters, digits and dashes.</summary>
    static string Slug(string name)
    {
        var slug = string.Concat(name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')).Trim('-');
        return slug.Length == 0 ? "account" : slug[..Math.Min(slug.Length, 40)];
    }
}
