using System.Text.Json;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Model.Profiles;
using Cairn.Query.Definitions;
using Cairn.Query.Persons;
using Cairn.Query.Scanning;
using Cairn.Storage.History;
using Cairn.Storage.Profiles;

namespace Cairn.Support.Query;

/// <summary>People of a test: nobody is linked, profiles are as given and always were.</summary>
public sealed class MemoryPeople : IPeopleSource, IPersonSource, IProfileMap, IGroupMap
{
    readonly Dictionary<string, Profile> profiles = new(StringComparer.Ordinal);
    readonly Dictionary<(string Type, string Id), Profile> groups = [];
    readonly PersonMap map = PersonMap.Empty(IdentityMode.Simplified);

    public MemoryPeople With(string person, string properties)
    {
        var parsed = JsonDocument.Parse(properties).RootElement.EnumerateObject().ToDictionary(member => member.Name, member => PropertyValue.From(member.Value)!);
        profiles[person] = new Profile(parsed, 0);
        return this;
    }

    public ValueTask<People> OpenAsync(ReportProject project, bool withProfiles, CancellationToken cancellationToken) => new(new People(map, this));

    public ValueTask<OnePerson> FindAsync(ReportProject project, string id, bool withProfiles, CancellationToken cancellationToken) =>
        new(new OnePerson(id, null, new People(map, this), PossiblePersons.Of([id]), ([], PossiblePersons.Anybody)));

    public MemoryPeople WithGroup(string type, string id, string properties)
    {
        groups[(type, id)] = new MemoryPeople().With(id, properties).profiles[id];
        return this;
    }

    public ValueTask<IGroupMap> OpenGroupsAsync(ReportProject project, CancellationToken cancellationToken) => new(this);

    public IEnumerable<(string Type, string Id)> Groups => groups.Keys;

    public Profile? Current(string type, string id) => groups.GetValueOrDefault((type, id));

    public Profile? AsOf(string type, string id, ReceiptOrder receipt) => groups.GetValueOrDefault((type, id));

    public IEnumerable<string> Persons => profiles.Keys;

    public Profile? Current(string person) => profiles.GetValueOrDefault(person);

    public Profile? AsOf(in SeenIds ids) => profiles.GetValueOrDefault(map.PersonOf(ids));

    public IReadOnlyList<string> PropertyNames => [.. profiles.Values.SelectMany(profile => profile.Properties.Keys).Distinct().Order(StringComparer.Ordinal)];
}
