using Cairn.Model.Identity;
using Cairn.Query.Definitions;
using Cairn.Query.Scanning;
using Cairn.Storage.History;

namespace Cairn.Query.Persons;

/// <summary>Where one person is read from without reading all others.</summary>
public interface IPersonSource
{
    /// <summary>The person that an id belongs to, whether any claim names it or not.</summary>
    /// <param name="withProfiles">Whether what was known of the person at each event will be asked.</param>
    ValueTask<OnePerson> FindAsync(ReportProject project, string id, bool withProfiles, CancellationToken cancellationToken);
}

/// <summary>One person at one moment.</summary>
/// <param name="Person">The id that all linked ids stand for.</param>
/// <param name="Ids">All that claims say of the person; null where none names the id.</param>
/// <param name="People">Holds what matters for this person, and maybe for nobody else; profiles only where asked for.</param>
/// <param name="Possible">Under which persons rows may stand in files.</param>
/// <param name="Updates">Where profile updates may stand, and under whom.</param>
public sealed record OnePerson(string Person, PersonIds? Ids, People People, PossiblePersons Possible, (IReadOnlyList<RowSlice> Slices, PossiblePersons Possible) Updates);
