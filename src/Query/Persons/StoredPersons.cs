using Cairn.Query.Definitions;
using Cairn.Query.Scanning;
using Cairn.Storage.History;
using Cairn.Storage.Identity;
using Cairn.Storage.Profiles;
using Cairn.Storage.Rows;

namespace Cairn.Query.Persons;

/// <summary>Finds a person by look-up rows and the row groups of their hash; where these don't hold enough (a device shared by hundreds), by all claims and all rows.</summary>
public sealed class StoredPersons(PersonLookup persons, IRowSnapshots rows, IProfileDirectory profiles) : IPersonSource
{
    public async ValueTask<OnePerson> FindAsync(ReportProject project, string id, bool withProfiles, CancellationToken cancellationToken)
    {
        var found = await persons.FindAsync(project.Id, project.IdentityMode, id, cancellationToken);
        var around = found.Around?.Append(id).ToList();
        var map = found.Map ?? await persons.ReadMapAsync(project.Id, project.IdentityMode, cancellationToken);
        var under = around is null ? PossiblePersons.Anybody : PersonUpdates.Under(around);
        var updates = new List<RowSlice>();
        foreach (var file in (await rows.OpenAsync(project.Id, RowLayout.ProfileUpdates, cancellationToken)).Files) updates.AddRange(await RowSlice.OfAsync(file, under, cancellationToken));
        var known = !withProfiles ? null
            : under.IsAnybody ? await profiles.ReadAsync(project.Id, map, cancellationToken)
            : await PersonUpdates.ReadAsync(map, under, updates, cancellationToken);
        return new(map.PersonOf(id), found.Found, new(map, known), around is null ? PossiblePersons.Anybody : PossiblePersons.Of(around), (updates, under));
    }
}
