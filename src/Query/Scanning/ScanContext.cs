namespace Cairn.Query.Scanning;

/// <summary>What one report reads from: the rows, the project's codes, the people, all as of its beginning.</summary>
sealed record ScanContext(EventSnapshot Snapshot, ProjectColumns Columns, People People, PersonResolver Persons, ReadCount Count)
{
    /// <summary>Who is in the saved cohorts that conditions name, by the cohorts' ids.</summary>
    public IReadOnlyDictionary<string, IReadOnlySet<string>> Cohorts { get; init; } = new Dictionary<string, IReadOnlySet<string>>();
}
