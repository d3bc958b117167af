using Cairn.Query.Definitions;
using Cairn.Storage.Identity;
using Cairn.Storage.Profiles;

namespace Cairn.Query.Scanning;

/// <summary>Where the people of a project are read from, for the length of a report.</summary>
public interface IPeopleSource
{
    /// <param name="withProfiles">Whether some property of a person is asked for.</param>
    ValueTask<People> OpenAsync(ReportProject project, bool withProfiles, CancellationToken cancellationToken);

    /// <summary>The project's groups with their profiles.</summary>
    ValueTask<IGroupMap> OpenGroupsAsync(ReportProject project, CancellationToken cancellationToken);
}

/// <summary>The people as claims and profile updates tell.</summary>
public sealed class DirectoryPeople(IPersonDirectory persons, IProfileDirectory profiles) : IPeopleSource
{
    public async ValueTask<People> OpenAsync(ReportProject project, bool withProfiles, CancellationToken cancellationToken)
    {
        var map = await persons.ReadAsync(project.Id, project.IdentityMode, cancellationToken);
        return new(map, withProfiles ? await profiles.ReadAsync(project.Id, map, cancellationToken) : null);
    }

    public ValueTask<IGroupMap> OpenGroupsAsync(ReportProject project, CancellationToken cancellationToken) =>
        profiles.ReadGroupsAsync(project.Id, cancellationToken);
}
