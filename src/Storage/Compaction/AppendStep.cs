using Cairn.Storage.Delta;
using Cairn.Storage.Lake;

namespace Cairn.Storage.Compaction;

/// <summary>Takes recent rows into a table: sorted, duplicates left out, in one commit with the places they reach to.</summary>
static class AppendStep
{
    /// <param name="recent">A listing without holes, taken before <paramref name="version"/> or after.</param>
    public static async Task<Appended> RunAsync(TableContext context, DeltaSnapshot version, IReadOnlyList<ListedRecentFile> recent, CancellationToken cancellationToken)
    {
        var limits = context.Limits;
        var plan = AppendPlanner.Plan(recent, version.PlaceOf, limits.MaxAppendBytes, limits.MaxAppendFiles);
        if (plan.Sources.Count == 0) return new(version, 0, 0);
        var rows = await NewRows.OpenAsync(context.Recent, plan, limits.MaxAppendRows, cancellationToken);
        if (context.Erasures is { } erasures) rows = await rows.WithoutAsync(await erasures.ReadAsync(context.Project.Id, cancellationToken), context.Table, cancellationToken);
        var verdict = await DuplicateSearch.JudgeAsync(context, version, rows, cancellationToken);
        var written = await context.WriteAsync(version, verdict.Fresh, LakeSplit.ByDate, cancellationToken);
        var commit = new DeltaCommit { Operation = "WRITE", Adds = written.Adds, Places = [.. rows.Plan.Places], Metadata = written.Metadata };
        if (verdict.Ousted.Count > 0) commit = await WithoutAsync(context, version, commit, verdict.Ousted, cancellationToken);
        if (await context.CommitAsync(version, commit, cancellationToken) is not { } after) return new((await context.Delta.ReadAsync(cancellationToken))!, 0, 0);
        return new(after, written.RowCount, verdict.DuplicateRows);
    }

    /// <summary>
    /// The same commit without some rows of the table: a copy that was received earlier came later, and is the one that stays. Their files are written anew.
    /// </summary>
    static async Task<DeltaCommit> WithoutAsync(
        TableContext context, DeltaSnapshot version, DeltaCommit commit, IReadOnlyDictionary<string, List<int>> ousted, CancellationToken cancellationToken)
    {
        foreach (var (path, rows) in ousted.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            var file = context.Open(version, [path])[0];
            var isYoung = LakeFile.Of(version, version.Files[path]).Date is not null;
            var basis = commit.Metadata is null ? version : version with { Metadata = commit.Metadata };
            var rewritten = await context.WriteAsync(basis, [file with { Live = file.Live.Without(rows) }], isYoung ? LakeSplit.ByDate : LakeSplit.ByMonth, cancellationToken);
            var run = version.Files[path].Tags.GetValueOrDefault(TableFile.RunTag, path);
            commit = commit with
            {
                Adds = [.. commit.Adds, .. isYoung ? rewritten.Adds : rewritten.Adds.Select(add => add with { Tags = add.Tags.SetItem(TableFile.RunTag, run) })],
                Removes = [.. commit.Removes, path],
                Metadata = rewritten.Metadata ?? commit.Metadata,
            };
        }
        return commit;
    }
}

/// <summary>What an append came to.</summary>
/// <param name="Version">The newest version, with the rows or, where another was faster, without.</param>
/// <param name="RowCount">Rows that it brought.</param>
/// <param name="DuplicateRows">Rows left out, and taken out, as copies of others.</param>
sealed record Appended(DeltaSnapshot Version, long RowCount, long DuplicateRows);
