using System.Runtime.CompilerServices;
using Cairn.Storage.Erasure;
using Cairn.Storage.Identity;
using Cairn.Storage.Lake;
using Cairn.Storage.Recent.SetAside;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Compaction;

/// <summary>Looks after the tables of a project: takes recent rows in, merges files, removes what retention asks for and what nobody needs.</summary>
/// <remarks>
/// Each step is one commit of the table's log, made from the version it read and refused where that has moved; so two that do this at once waste work and harm nothing, and one that is killed
/// anywhere leaves a good table and files that vacuum finds. Memory is bounded by <see cref="CompactionLimits"/>, whatever the backlog.
/// </remarks>
/// <param name="persons">Who is one person, by claims in the lake and recent ones.</param>
/// <param name="rows">All rows, of the lake and recent ones.</param>
/// <param name="erasures">Whose rows are left out of appends; null: nobody's.</param>
public sealed class LakeCompaction(IBlobStore blobs, LakeTables tables, IPersonDirectory persons, IRowSnapshots rows, TimeProvider clock, CompactionLimits? limits = null, ErasureStore? erasures = null)
{
    /// <summary>How long an idle table's progress is left as it stands.</summary>
    static readonly TimeSpan ToldEvery = TimeSpan.FromMinutes(10);

    readonly CompactionLimits limits = limits ?? CompactionLimits.Default;
    readonly ProgressStore store = new(blobs);
    readonly SetAsideFiles setAside = new(blobs, clock);

    /// <summary>Does the next step of each kind for each table.</summary>
    public async IAsyncEnumerable<TableRun> RunAsync(CompactedProject project, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var table in LakeLayout.RowTables) yield return await RunAsync(project, table, cancellationToken);
    }

    /// <summary>Does the next step of each kind for one table.</summary>
    /// <param name="table">One of <see cref="LakeLayout.RowTables"/>.</param>
    public async Task<TableRun> RunAsync(CompactedProject project, string table, CancellationToken cancellationToken)
    {
        try
        {
            var before = await store.ReadAsync(project.Id, table, cancellationToken);
            var work = new TableWork(new(blobs, tables, persons, rows, clock, limits, project, table) { Erasures = erasures }, before);
            Exception? fault = null;
            try
            {
                await work.RunAsync(cancellationToken);
            }
            catch (Exception expected) when (IsExpected(expected))
            {
                fault = expected;
            }
            await DropAsync(fault, cancellationToken);
            var aside = fault is not null && DamagedFile.Is(fault) ? await setAside.SetAsideAsync(fault, cancellationToken) : [];
            // What was done before a fault is done all the same.
            var after = work.Progress with { Fault = fault?.Message, SetAsideFiles = work.Progress.SetAsideFiles + aside.Count };
            if (IsWorthTelling(before, after)) await store.WriteAsync(project.Id, table, after with { RanAt = clock.GetUtcNow() }, cancellationToken);
            // Without the damaged files the table goes on at once.
            return new(table, work.Done, work.MovedRowCount, (fault is null && work.HasMore) || aside.Count > 0, fault) { SetAside = aside, WaitingFiles = after.WaitingFiles };
        }
        catch (RemakableFileException fault)
        {
            // Its progress can't be read: the next run begins anew.
            await DropAsync(fault, cancellationToken);
            return new(table, default, 0, HasMore: false, fault);
        }
        catch (Exception fault) when (IsExpected(fault))
        {
            return new(table, default, 0, HasMore: false, fault);
        }
    }

    async Task DropAsync(Exception? fault, CancellationToken cancellationToken)
    {
        if (fault is RemakableFileException { File: var file }) await blobs.DeleteAsync(file, cancellationToken);
    }

    bool IsWorthTelling(TableProgress before, TableProgress after) => before != after || (after.Version >= 0 && clock.GetUtcNow() - before.RanAt > ToldEvery);

    /// <summary>Faults of the store, and of bytes that are not what we wrote: named, kept, and tried again by the next run.</summary>
    public static bool IsExpected(Exception fault) =>
        fault is StorageUnavailableException or RowFileGoneException || DamagedFile.Is(fault);
}

/// <summary>A project as compaction sees it.</summary>
/// <param name="Mode">Mixpanel's identity system in it.</param>
/// <param name="Retention">How long events are kept, counted from their time; null for ever.</param>
public sealed record CompactedProject(string Id, Model.Identity.IdentityMode Mode, TimeSpan? Retention);

/// <summary>What a run did to a table.</summary>
/// <param name="MovedRows">Rows that were written, whether new or anew.</param>
/// <param name="HasMore">Whether a further step is due at once.</param>
/// <param name="Fault">Why it stopped early; null where it did not.</param>
public sealed record TableRun(string Table, CompactionTotals Totals, long MovedRows, bool HasMore, Exception? Fault)
{
    /// <summary>Recent files that were set aside, for they are damaged.</summary>
    public IReadOnlyList<SetAsideFile> SetAside { get; init; } = [];

    /// <summary>Recent files that were left for the next run.</summary>
    public int WaitingFiles { get; init; }
}
