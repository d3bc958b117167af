using Cairn.Model.Identity;
using Cairn.Model.Profiles;
using Cairn.Storage.Profiles;

namespace Cairn.Query.Scanning;

/// <summary>The profiles of the groups of one key, in the place of persons' where groups are counted.</summary>
sealed class GroupProfiles(string groupKey, IGroupMap groups) : IProfileMap
{
    public IEnumerable<string> Persons => groups.Groups.Where(group => group.Type == groupKey).Select(group => group.Id);

    public IReadOnlyList<string> PropertyNames =>
        [.. Persons.SelectMany(id => Current(id)!.Properties.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    public Profile? Current(string person) => groups.Current(groupKey, person);

    /// <summary>No event is asked for its group's profile by its sender's ids.</summary>
    public Profile? AsOf(in SeenIds ids) => null;
}
