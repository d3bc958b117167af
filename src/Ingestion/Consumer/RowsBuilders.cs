using System.Collections.Concurrent;
using Cairn.Model;
using Cairn.Storage.Recent;

namespace Cairn.Ingestion.Consumer;

/// <summary>Builders between two uses: their arrays have grown to a batch's size already. Thread-safe.</summary>
sealed class RowsBuilders
{
    /// <summary>Builders kept; beyond, what many projects needed at once is let go.</summary>
    const int MaxKept = 16;

    /// <summary>Rows of a file after which its builder is not kept: one large batch must not hold its memory for ever.</summary>
    const int MaxKeptRows = 200_000;

    readonly ConcurrentBag<RecentRowsBuilder>[] byKind = [.. Enumerable.Range(0, (int)Enum.GetValues<ItemKind>().Max() + 1).Select(_ => new ConcurrentBag<RecentRowsBuilder>())];
    int kept;

    public RecentRowsBuilder Take(ItemKind kind)
    {
        if (!byKind[(int)kind].TryTake(out var builder)) return new(kind);
        Interlocked.Decrement(ref kept);
        return builder;
    }

    public void GiveBack(RecentRowsBuilder builder)
    {
        if (builder.RowCount > MaxKeptRows || kept >= MaxKept) return;
        builder.Clear();
        Interlocked.Increment(ref kept);
        byKind[(int)builder.Kind].Add(builder);
    }
}
