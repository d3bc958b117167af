using System.Text.Json;
using Cairn.Model.Identity;
using Cairn.Model.Profiles;
using Cairn.Query.Definitions;
using Cairn.Query.Scanning;
using Cairn.Storage.Profiles;

namespace Cairn.Support.Query;

/// <summary>People of a test: nobody is linked, profiles are as given and always were.</summary>
public sealed class MemoryPeople : IPeopleSource, IProfileMap
{
    readonly Dictionary<string, Profile> profiles = new(StringComparer.Ordinal);
    readonly PersonMap map = PersonMap.Empty(IdentityMode.Simplified);

    public MemoryPeople With(string person, string properties)
    {
        var parsed = JsonDocument.Parse(properties).RootElement.EnumerateObject().ToDictionary(member => member.Name, member => PropertyValue.From(member.Value)!);
        profiles[person] = new Profile(parsed, 0);
        return this;
    }

    public ValueTask<People> OpenAsync(ReportProject project, bool withProfiles, CancellationToken cancellationToken) => new(new People(map, this));

    public IEnumerable<string> Persons => profiles.Keys;

    public Profile? Current(string person) => profiles.GetValueOrDefault(person);

    public Profile? AsOf(in SeenIds ids) => profiles.GetValueOrDefault(map.PersonOf(ids));

    public IReadOnlyList<string> PropertyNames => [.. profiles.Values.SelectMany(profile => profile.Properties.Keys).Distinct().Order(StringComparer.Ordinal)];
}
