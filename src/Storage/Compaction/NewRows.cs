using Cairn.Storage.Erasure;
using Cairn.Storage.History;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Compaction;

/// <summary>The recent rows of one append: each place once, duplicates among them.</summary>
/// <param name="Plan">What was taken, cut to the limit of rows.</param>
/// <param name="Files">A file for each source, with the rows that count.</param>
sealed record NewRows(AppendPlan Plan, IReadOnlyList<RowFile> Files)
{
    /// <summary>Footers read at the same time.</summary>
    const int ReadsAtOnce = 8;

    public int RowCount => Files.Sum(file => file.Live.Count);

    /// <summary>Opens the files of a plan, up to a number of rows.</summary>
    /// <exception cref="RowFileGoneException">Another compactor has taken and deleted one.</exception>
    public static async Task<NewRows> OpenAsync(StoredRowFiles files, AppendPlan plan, int maxRows, CancellationToken cancellationToken)
    {
        var facts = new List<RowFileFacts>();
        var rows = 0L;
        foreach (var chunk in plan.Sources.Chunk(ReadsAtOnce))
        {
            facts.AddRange(await Task.WhenAll(chunk.Select(source => files.OpenAsync(source.File.Blob, cancellationToken).AsTask())));
            rows += facts.TakeLast(chunk.Length).Sum(file => (long)file.RowCount);
            if (rows > maxRows) break;
        }
        var cut = (facts.Count < plan.Sources.Count ? new(plan.Sources.Take(facts.Count).ToList(), HasMore: true) : plan).CutTo(maxRows, [.. facts.Select(file => file.RowCount)]);
        var opened = new List<RowFile>();
        for (var i = 0; i < cut.Sources.Count; i++) opened.Add(new(facts[i], await LiveAsync(facts[i], cut.Sources[i], cancellationToken)));
        return new(cut, opened);
    }

    /// <summary>The same without rows that are erased: what a consumer took in before it knew.</summary>
    public async Task<NewRows> WithoutAsync(ErasedItems erased, string table, CancellationToken cancellationToken)
    {
        if (erased.IsNone) return this;
        var left = new List<RowFile>();
        foreach (var file in Files)
        {
            var gone = await ErasedRows.FindAsync(erased, table, file, PossiblePersons.Anybody, null, cancellationToken);
            ErasureMeter.Dropped("compaction", gone.Count);
            left.Add(gone.Count == 0 ? file : file with { Live = file.Live.Without(gone) });
        }
        return this with { Files = left };
    }

    /// <summary>The rows of a file that no file before it, and not the table, holds.</summary>
    static async Task<RowSet> LiveAsync(RowFileFacts facts, AppendSource source, CancellationToken cancellationToken)
    {
        var all = RowSet.All(facts.RowCount);
        if (source.AfterSeq < source.File.Name.FirstSeq) return all;
        var seqs = await new RowFile(facts, all).ReadInt64Async(RowLayout.Seq, cancellationToken) ?? throw new InvalidDataException($"{facts.Name} has no {RowLayout.Seq}");
        return all.Without(Enumerable.Range(0, facts.RowCount).Where(row => seqs.Values[row] <= source.AfterSeq));
    }
}
