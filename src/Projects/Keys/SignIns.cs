using Cairn.Storage;

namespace Cairn.Projects.Keys;

/// <summary>Sign-in links and the sessions of our own pages, kept as hashes only.</summary>
/// <remarks>A link's code dies on first use or after <see cref="LinkLifetime"/>; it becomes a session, which ends after <see cref="SessionLifetime"/> or on signing out.</remarks>
public sealed class SignIns(ITableStore tables, KeyChanges changes, TimeProvider clock)
{
    public static readonly TimeSpan LinkLifetime = TimeSpan.FromMinutes(10);

    public static readonly TimeSpan SessionLifetime = TimeSpan.FromDays(7);

    /// <summary>Makes a code for a link.</summary>
    /// <param name="role">What the session will allow.</param>
    public Task<SignIn> CreateLinkAsync(string projectId, Role role, CancellationToken cancellationToken) =>
        CreateAsync(SecretText.CodePrefix, projectId, role, LinkLifetime, cancellationToken);

    /// <summary>Trades a code for a session; of two who try, one gets it.</summary>
    /// <returns>Null where the code is none, was used, or is too old.</returns>
    public async Task<SignIn?> RedeemAsync(string code, CancellationToken cancellationToken)
    {
        if (!code.StartsWith(SecretText.CodePrefix, StringComparison.Ordinal)) return null;
        var address = CredentialAddress.OfSignIn(code);
        if (await tables.FindAsync(KeyTables.SignIns, address.PartitionKey, address.RowKey, cancellationToken) is not { } row) return null;
        if (!await DeleteAsync(address, row.ETag, cancellationToken)) return null;
        var link = Read(code, row);
        if (link.ExpiresAt <= clock.GetUtcNow()) return null;
        await ForgetExpiredAsync(cancellationToken);
        return await CreateAsync(SecretText.SessionPrefix, link.ProjectId, link.Role, SessionLifetime, cancellationToken);
    }

    /// <summary>Null where there is no such session, or it has ended.</summary>
    public async Task<SignIn?> FindSessionAsync(string session, CancellationToken cancellationToken)
    {
        if (!session.StartsWith(SecretText.SessionPrefix, StringComparison.Ordinal)) return null;
        var address = CredentialAddress.OfSignIn(session);
        var row = await tables.FindAsync(KeyTables.SignIns, address.PartitionKey, address.RowKey, cancellationToken);
        return row is not null && Read(session, row) is var found && found.ExpiresAt > clock.GetUtcNow() ? found : null;
    }

    /// <summary>Ends a session, here at once.</summary>
    public async Task EndSessionAsync(string session, CancellationToken cancellationToken)
    {
        if (!session.StartsWith(SecretText.SessionPrefix, StringComparison.Ordinal)) return;
        await DeleteAsync(CredentialAddress.OfSignIn(session), ifMatch: null, cancellationToken);
        changes.Announce();
    }

    async Task<SignIn> CreateAsync(string prefix, string projectId, Role role, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        var made = new SignIn(SecretText.NewSignIn(prefix), projectId, role, clock.GetUtcNow() + lifetime);
        var address = CredentialAddress.OfSignIn(made.Text);
        var values = new Dictionary<string, object> { ["projectId"] = projectId, ["role"] = (int)role, ["expiresAt"] = made.ExpiresAt };
        await tables.SubmitAsync(KeyTables.SignIns, address.PartitionKey, [new(address.RowKey, TableAction.Insert, values)], cancellationToken);
        return made;
    }

    /// <summary>People sign in a few times a day, so that is when the old rows go.</summary>
    async Task ForgetExpiredAsync(CancellationToken cancellationToken)
    {
        await foreach (var row in tables.QueryAsync(KeyTables.SignIns, new TableRange(null), cancellationToken))
        {
            if ((DateTimeOffset)row.Values["expiresAt"] <= clock.GetUtcNow())
                await DeleteAsync(new CredentialAddress(row.PartitionKey, row.RowKey), row.ETag, cancellationToken);
        }
    }

    async Task<bool> DeleteAsync(CredentialAddress address, string? ifMatch, CancellationToken cancellationToken)
    {
        var deletion = new TableChange(address.RowKey, TableAction.Delete, new Dictionary<string, object>(), ifMatch);
        return await tables.SubmitAsync(KeyTables.SignIns, address.PartitionKey, [deletion], cancellationToken) is not null;
    }

    static SignIn Read(string text, TableRow row) => new(
        text, (string)row.Values["projectId"], (Role)(int)row.Values["role"], (DateTimeOffset)row.Values["expiresAt"]);
}

/// <summary>A link's code or a session.</summary>
/// <param name="Text">The code or the session itself: 256 random bits, kept nowhere.</param>
public sealed record SignIn(string Text, string ProjectId, Role Role, DateTimeOffset ExpiresAt);
