using Cairn.Query.Journeys;
using Cairn.Storage.Profiles;

namespace Cairn.Query.Scanning;

/// <summary>What one report reads from: the rows, the project's codes, the people, all as of its beginning.</summary>
sealed record ScanContext(EventSnapshot Snapshot, ProjectColumns Columns, People People, PersonResolver Persons, ReadCount Count)
{
    /// <summary>The unit that the report counts.</summary>
    public RowOwners Owners { get; init; } = new PersonOwners(Persons, Columns);

    /// <summary>What is known of the units that the report counts: of people, or of groups.</summary>
    public People Units { get; init; } = People;

    /// <summary>The groups' profiles; null where no property of a group is asked for.</summary>
    public IGroupMap? Groups { get; init; }

    /// <summary>Who is in the saved cohorts that conditions name, by the cohorts' ids.</summary>
    public IReadOnlyDictionary<string, IReadOnlySet<string>> Cohorts { get; init; } = new Dictionary<string, IReadOnlySet<string>>();
}
