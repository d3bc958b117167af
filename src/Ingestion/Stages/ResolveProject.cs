namespace Cairn.Ingestion.Stages;

/// <summary>Says whose each item is: the project that the request's credentials decided, else the one of the record's token.</summary>
sealed class ResolveProject(IProjectDirectory projects) : IIngestStage
{
    public string Name => "resolve_project";

    public ValueTask RunAsync(ItemBatch batch, CancellationToken cancellationToken)
    {
        if (batch.RequestProject is not { } project) return ByTokensAsync(batch, cancellationToken);
        var index = batch.IndexOf(project);
        foreach (ref var item in batch.Items) item.ProjectIndex = index;
        return default;
    }

    // A request names few tokens, almost always one: each is looked up once, and remembered as the slice it came in.
    async ValueTask ByTokensAsync(ItemBatch batch, CancellationToken cancellationToken)
    {
        var seen = new List<(ReadOnlyMemory<byte> Token, int Index)>();
        for (var next = Fill(batch, seen, 0); next < batch.Items.Length; next = Fill(batch, seen, next))
        {
            var token = batch.Items[next].Token;
            var project = await projects.FindByTokenAsync(token, cancellationToken);
            seen.Add((token, project is null ? Unknown : batch.IndexOf(project)));
        }
    }

    const int Unknown = -1;

    /// <summary>Judges items from <paramref name="start"/> on until one has a token not seen yet; gives that one's index, or the count.</summary>
    static int Fill(ItemBatch batch, List<(ReadOnlyMemory<byte> Token, int Index)> seen, int start)
    {
        var items = batch.Items;
        for (var i = start; i < items.Length; i++)
        {
            ref var item = ref items[i];
            if (!batch.IsPending(item)) continue;
            if (item.Token.IsEmpty)
            {
                batch.Reject(item.RecordIndex, RejectReason.MissingToken, "");
                continue;
            }
            var found = Find(seen, item.Token.Span);
            if (found < 0) return i;
            item.ProjectIndex = seen[found].Index;
            if (item.ProjectIndex == Unknown) batch.Reject(item.RecordIndex, RejectReason.UnknownToken, "");
        }
        return items.Length;
    }

    static int Find(List<(ReadOnlyMemory<byte> Token, int Index)> seen, ReadOnlySpan<byte> token)
    {
        for (var i = seen.Count - 1; i >= 0; i--)
            if (seen[i].Token.Span.SequenceEqual(token)) return i;
        return -1;
    }
}
