using Cairn.Ingestion;

namespace Cairn.Projects.Keys;

/// <summary>Who may do what: turns credentials of a request into access to one project.</summary>
public interface IAccessControl
{
    /// <summary>
    /// Checks a user name and password as HTTP Basic carries them: a Mixpanel project secret (<c>secret:</c>), an Amplitude API key and
    /// secret (<c>key:secret</c>), a service account (<c>name:secret</c>), or a write token (<c>token:</c>, which only writes).
    /// </summary>
    /// <returns>Null where nothing matches. Takes the same time for a wrong name as for a wrong secret.</returns>
    ValueTask<Access?> AuthenticateAsync(string user, string password, CancellationToken cancellationToken);

    /// <summary>Checks a bearer text: the deployment's admin key, or a page session.</summary>
    ValueTask<Access?> AuthenticateBearerAsync(string bearer, CancellationToken cancellationToken);
}

/// <summary>What a caller may do.</summary>
/// <param name="Project">The project it is for; null for the admin key, which is for all.</param>
/// <param name="Role">What it allows.</param>
/// <param name="Kind">By which credential.</param>
/// <param name="Actor">Who, for logs and audit: a key's or an account's name, never a secret.</param>
public sealed record Access(IngestProject? Project, Role Role, CredentialKind Kind, string Actor);

/// <summary>Each role may do all that those before it may. Stored: the numbers stay for ever.</summary>
public enum Role
{
    /// <summary>Only sends events.</summary>
    Writer = 0,

    /// <summary>Reads reports.</summary>
    Viewer = 1,

    /// <summary>Saves reports and exports raw data.</summary>
    Analyst = 2,

    /// <summary>Changes the project.</summary>
    Admin = 3,
}

/// <summary>What kind of credential was shown.</summary>
public enum CredentialKind
{
    WriteToken = 1,
    ProjectSecret = 2,
    ApiKeyAndSecret = 3,
    ServiceAccount = 4,
    AdminKey = 5,
    PageSession = 6,
}
