using Cairn.Model.Identity;
using Cairn.Storage.Delta;
using Cairn.Storage.Identity;
using Cairn.Storage.Lake;
using Cairn.Storage.Profiles;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Compaction.BuiltTables;

/// <summary>Makes the tables of who there is (<c>persons</c>, <c>profiles</c>, <c>groups</c>) anew from a project's rows: at most once an hour, and only where rows have come.</summary>
/// <remarks>For outside readers; our own engine folds them itself. What each table holds: docs/formats/people-tables.md.</remarks>
/// <param name="rows">All rows, of the lake and recent ones.</param>
public sealed class PeopleTables(IBlobStore blobs, LakeTables tables, IRowSnapshots rows, IPersonDirectory persons, IProfileDirectory profiles, TimeProvider clock)
{
    /// <summary>How old the tables become before they are made again.</summary>
    public static readonly TimeSpan MakeEvery = TimeSpan.FromHours(1);

    /// <summary>How often the tables are searched for files that nobody needs, where they are not made.</summary>
    static TimeSpan VacuumEvery => CompactionLimits.Default.VacuumEvery;

    readonly ProgressStore store = new(blobs);

    /// <summary>Makes the tables where that is due, and deletes what no version of them needs.</summary>
    /// <returns>Whether they were made.</returns>
    public async Task<bool> RunAsync(CompactedProject project, CancellationToken cancellationToken)
    {
        var asOf = clock.GetUtcNow();
        var before = await BeforeAsync(project.Id, cancellationToken);
        var seen = asOf - before.AsOf < MakeEvery ? null : await KnownRows.ReadAsync(tables, rows, project.Id, LakeLayout.RowTables, project.Mode.ToString(), cancellationToken);
        var isDue = seen is { Count: > 0 } && seen.Name != before.Seen;
        if (isDue)
        {
            await MakeAsync(project, asOf, cancellationToken);
            // Before the vacuum, which may be done again at any time.
            await store.WritePeopleAsync(project.Id, before = before with { AsOf = asOf, Seen = seen!.Name }, cancellationToken);
        }
        if (isDue || (before.AsOf is not null && asOf - (before.VacuumedAt ?? DateTimeOffset.MinValue) >= VacuumEvery)) await VacuumAsync(project.Id, before, asOf, cancellationToken);
        return isDue;
    }

    async Task MakeAsync(CompactedProject project, DateTimeOffset asOf, CancellationToken cancellationToken)
    {
        var links = await persons.ReadAsync(project.Id, project.Mode, cancellationToken);
        var people = await profiles.ReadAsync(project.Id, links, cancellationToken);
        await new PersonsTable(rows).MakeAsync(Table(project.Id, LakeLayout.Persons), project.Id, links, people, asOf, cancellationToken);
        await ProfilesTable.MakeAsync(Table(project.Id, LakeLayout.Profiles), people, asOf, cancellationToken);
        await ProfilesTable.MakeAsync(Table(project.Id, LakeLayout.Groups), await profiles.ReadGroupsAsync(project.Id, cancellationToken), asOf, cancellationToken);
    }

    /// <remarks>Where no rows come any more, too: what a making left behind that was killed, and the making before the last.</remarks>
    async Task VacuumAsync(string projectId, PeopleProgress before, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var table in new[] { LakeLayout.Persons, LakeLayout.Profiles, LakeLayout.Groups })
            await TableVacuum.RunAsync(blobs, tables[projectId, table], clock, DeltaTableOptions.Default.Retention, cancellationToken);
        await store.WritePeopleAsync(projectId, before with { VacuumedAt = now }, cancellationToken);
    }

    async Task<PeopleProgress> BeforeAsync(string projectId, CancellationToken cancellationToken)
    {
        try
        {
            return await store.ReadPeopleAsync(projectId, cancellationToken);
        }
        catch (RemakableFileException fault)
        {
            // The next run finds none, and makes the tables once more.
            await blobs.DeleteAsync(fault.File, cancellationToken);
            throw;
        }
    }

    BuiltTable Table(string projectId, string table) => new(blobs, tables[projectId, table], clock);
}

/// <summary>From what the tables of people were made last.</summary>
/// <param name="AsOf">When; null before the first time.</param>
/// <param name="Seen">The rows of all kinds (<see cref="KnownRows"/>); null before the first time.</param>
/// <param name="VacuumedAt">When files of theirs that nobody needs were deleted last; null before the first time.</param>
public sealed record PeopleProgress(DateTimeOffset? AsOf, string? Seen, DateTimeOffset? VacuumedAt = null);
