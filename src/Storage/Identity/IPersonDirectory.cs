using Cairn.Model.Identity;

namespace Cairn.Storage.Identity;

/// <summary>Who is one person in a project, kept in memory and brought up to date from the claims' rows.</summary>
/// <remarks>One implementation; an interface so that a report can be tested without rows.</remarks>
public interface IPersonDirectory
{
    /// <summary>
    /// The persons by every claim that is readable at the call. The map never changes, is safe to share between threads, and
    /// is the same object while no claim arrives.
    /// </summary>
    /// <param name="mode">Mixpanel's identity system in this project.</param>
    ValueTask<PersonMap> ReadAsync(string projectId, IdentityMode mode, CancellationToken cancellationToken);

    /// <summary>All that is known of one id's person; null where no claim names the id.</summary>
    ValueTask<PersonIds?> FindAsync(string projectId, IdentityMode mode, string id, CancellationToken cancellationToken);
}
