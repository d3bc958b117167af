using Cairn.Model.Identity;

namespace Cairn.Storage.Profiles;

/// <summary>What is known of each person of a project, kept in memory and brought up to date from the updates' rows.</summary>
public interface IProfileDirectory
{
    /// <summary>Profiles by every update that is readable at the call, over the persons of <paramref name="persons"/>.</summary>
    ValueTask<IProfileMap> ReadAsync(string projectId, PersonMap persons, CancellationToken cancellationToken);

    /// <summary>The profiles of the project's groups, by every update that is readable at the call.</summary>
    ValueTask<IGroupMap> ReadGroupsAsync(string projectId, CancellationToken cancellationToken);
}
