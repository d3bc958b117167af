using System.Runtime.ExceptionServices;
using Cairn.Storage.Delta;
using Cairn.Storage.Lake;

namespace Cairn.Storage.Compaction;

/// <summary>One run for one table: a step of each kind that is due.</summary>
sealed class TableWork(TableContext context, TableProgress before)
{
    /// <summary>What is to be kept of the run, also where it ends in a fault.</summary>
    public TableProgress Progress { get; private set; } = before;

    /// <summary>What was done.</summary>
    public CompactionTotals Done { get; private set; }

    /// <summary>Rows that were written, whether new or anew.</summary>
    public long MovedRowCount { get; private set; }

    /// <summary>Whether a further step is due at once.</summary>
    public bool HasMore { get; private set; }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var version = await context.Delta.ReadAsync(cancellationToken);
        var recent = await RecentListing.ReadAsync(
            context.Blobs, context.Project.Id, context.Table, appId => version?.PlaceOf(appId), context.Limits.MaxWaitingFiles, cancellationToken);
        if (version is null && recent.Files.Count == 0) return;
        version ??= await context.CreateAsync(cancellationToken);
        version = await AppendAsync(version, recent, cancellationToken);
        var (before, damaged) = (version, (ExceptionDispatchInfo?)null);
        try
        {
            version = await MergeAsync(version, cancellationToken);
            version = await RewriteMovedAsync(version, cancellationToken);
        }
        catch (Exception fault) when (DamagedFile.Is(fault))
        {
            // A damaged file of the table stays out of merges; the rest goes on, and the fault is told at the end.
            (version, damaged) = (await context.Delta.ReadAsync(cancellationToken) ?? before, ExceptionDispatchInfo.Capture(fault));
        }
        version = await ExpireAsync(version, cancellationToken);
        Progress = Progress with { Version = version.Version, Files = version.Files.Count, Rows = version.Files.Values.Sum(file => file.Statistics?.RowCount ?? 0) };
        await DeleteRecentAsync(version, recent.Files, cancellationToken);
        await VacuumAsync(cancellationToken);
        damaged?.Throw();
    }

    async Task<DeltaSnapshot> AppendAsync(DeltaSnapshot version, RecentFiles recent, CancellationToken cancellationToken)
    {
        if (IsAppendDue(Waiting(version, recent.Files)))
        {
            var appended = await AppendStep.RunAsync(context, version, recent.Files, cancellationToken);
            Count(new(AppendedRows: appended.RowCount, DuplicateRows: appended.DuplicateRows, 0, 0, 0));
            version = appended.Version;
            MovedRowCount += appended.RowCount;
            TableContext.GiveBack(appended.RowCount);
            HasMore |= recent.MoreFiles > 0 || IsAppendDue(Waiting(version, recent.Files));
        }
        var left = Waiting(version, recent.Files);
        Progress = Progress with { WaitingFiles = left.Count + recent.MoreFiles, WaitingBytes = left.Sum(file => file.Blob.Length) + recent.MoreBytes };
        return version;
    }

    bool IsAppendDue(List<ListedRecentFile> waiting) =>
        waiting.Count > 0
        && (waiting.Sum(file => file.Blob.Length) >= context.Limits.AppendFromBytes || waiting.Count >= context.Limits.MaxAppendFiles || waiting.Min(file => file.Blob.LastModified) <= context.Now - context.Limits.AppendAfter);

    async Task<DeltaSnapshot> MergeAsync(DeltaSnapshot version, CancellationToken cancellationToken)
    {
        var plans = MergePlanner.Plan(TableFile.Of(version), context.Now, context.Limits.Merges);
        if (plans.Count == 0) return version;
        HasMore |= plans.Count > 1;
        return await RewriteAsync(version, plans[0], cancellationToken) ?? await ReadAgainAsync(cancellationToken);
    }

    /// <returns>Null where the table has moved meanwhile: nothing was done.</returns>
    async Task<DeltaSnapshot?> RewriteAsync(DeltaSnapshot version, MergePlan plan, CancellationToken cancellationToken)
    {
        if (await MergeStep.RunAsync(context, version, plan, cancellationToken) is not { } merged) return null;
        Count(new(0, 0, MergedFiles: plan.Sources.Count, 0, 0));
        MovedRowCount += plan.Sources.Sum(file => file.Rows);
        TableContext.GiveBack(plan.Sources.Sum(file => file.Rows));
        return merged;
    }

    /// <summary>A step on the way through all files, which is begun once an hour where links have come.</summary>
    async Task<DeltaSnapshot> RewriteMovedAsync(DeltaSnapshot version, CancellationToken cancellationToken)
    {
        if (!context.HasPersons || await PassAsync(cancellationToken) is not { } pass) return version;
        var step = await MovedRows.FindAsync(context, version, pass.After, cancellationToken);
        if (step.Rewrite is { } plan)
        {
            // Where another was faster the place stays, and the same files are compared once more.
            if (await RewriteAsync(version, plan, cancellationToken) is not { } rewritten) return await ReadAgainAsync(cancellationToken);
            version = rewritten;
        }
        HasMore |= !step.IsThrough;
        Progress = step.IsThrough
            ? Progress with { MovedPass = null, MovedCountedAt = context.Now, LinksSeen = pass.Links }
            : Progress with { MovedPass = pass with { After = step.After } };
        return version;
    }

    /// <summary>The comparison under way, or a new one where it is due; null where none is.</summary>
    async Task<MovedPass?> PassAsync(CancellationToken cancellationToken)
    {
        if (Progress.MovedPass is { } underWay) return underWay;
        if (context.Now - Progress.MovedCountedAt < context.Limits.CountMovedEvery) return null;
        var links = await context.LinksAsync(cancellationToken);
        if (Progress.MovedCountedAt is null || links != Progress.LinksSeen) return new(links, "");
        Progress = Progress with { MovedCountedAt = context.Now };
        return null;
    }

    async Task<DeltaSnapshot> ExpireAsync(DeltaSnapshot version, CancellationToken cancellationToken)
    {
        if (context.Table != Rows.RowLayout.Events) return version;
        var expired = RetentionPlanner.Plan(TableFile.Of(version), context.Project.Retention, context.Now);
        if (expired.Count == 0) return version;
        var commit = new DeltaCommit { Operation = "DELETE", Removes = [.. expired.Select(file => file.Path)] };
        if (await context.CommitAsync(version, commit, cancellationToken) is not { } after) return await ReadAgainAsync(cancellationToken);
        Count(new(0, 0, 0, ExpiredFiles: expired.Count, 0));
        return after;
    }

    async Task DeleteRecentAsync(DeltaSnapshot version, IReadOnlyList<ListedRecentFile> recent, CancellationToken cancellationToken)
    {
        var passed = Progress.Passed.With(version.Places.Select(place => KeyValuePair.Create(place.Key, place.Value.Version)), context.Now, context.Limits.KeepRecentFor);
        Progress = Progress with { Passed = passed };
        foreach (var file in passed.Deletable(recent, context.Now, context.Limits.KeepRecentFor))
            if (await context.Blobs.DeleteAsync(file.Blob.Name, cancellationToken)) Count(new(0, 0, 0, 0, DeletedFiles: 1));
    }

    async Task VacuumAsync(CancellationToken cancellationToken)
    {
        if (context.Now - Progress.VacuumedAt < context.Limits.VacuumEvery) return;
        var deleted = await TableVacuum.RunAsync(context.Blobs, context.Delta, context.Clock, context.Limits.Retention, cancellationToken);
        Count(new(0, 0, 0, 0, DeletedFiles: deleted));
        Progress = Progress with { VacuumedAt = context.Now };
    }

    /// <summary>Another compactor has moved the table: the next run goes on from there.</summary>
    async Task<DeltaSnapshot> ReadAgainAsync(CancellationToken cancellationToken)
    {
        HasMore = true;
        return (await context.Delta.ReadAsync(cancellationToken))!;
    }

    static List<ListedRecentFile> Waiting(DeltaSnapshot version, IReadOnlyList<ListedRecentFile> recent) =>
        [.. recent.Where(file => !(version.PlaceOf(file.AppId) >= file.Name.LastSeq))];

    void Count(CompactionTotals more)
    {
        Done += more;
        Progress = Progress with { Totals = Progress.Totals + more };
    }
}
