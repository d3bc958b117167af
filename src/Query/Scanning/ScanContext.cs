namespace Cairn.Query.Scanning;

/// <summary>What one report reads from: the rows, the project's codes, the people, all as of its beginning.</summary>
sealed record ScanContext(EventSnapshot Snapshot, ProjectColumns Columns, People People, PersonResolver Persons, ReadCount Count);
