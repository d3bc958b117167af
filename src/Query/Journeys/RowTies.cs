using System.Collections.Concurrent;
using Cairn.Query.Scanning;
using Cairn.Storage.Rows;

namespace Cairn.Query.Journeys;

/// <summary>Rows of one person at one moment: they are put in an order that does not depend on how they were delivered.</summary>
/// <remarks>By event name, then insert id, then item id, each as bytes of UTF-8; what a row lacks comes first.</remarks>
sealed class RowTies
{
    static readonly string[] OrderedBy = [RowLayout.Event, RowLayout.InsertId, RowLayout.ItemId];

    readonly ConcurrentBag<RowTie> ties = [];

    /// <summary>Notes rows that have yet to be put in order; safe for several threads.</summary>
    public void Add(RowTie tie) => ties.Add(tie);

    /// <summary>Puts all noted rows in order. A column is read only of parts in which some row is still tied.</summary>
    public async Task SettleAsync(ScanContext context, RowSpace space, ShardRows[] shards, CancellationToken cancellationToken)
    {
        var open = ties.ToArray();
        foreach (var column in OrderedBy)
        {
            if (open.Length == 0) return;
            var texts = new TextColumn?[space.Parts.Count];
            foreach (var part in open.SelectMany(tie => shards[tie.Shard].Sources[tie.From..tie.Until]).Select(space.PartOf).Distinct().Order())
                texts[part] = await ProjectColumns.ReadAsync<TextColumn>(space.Parts[part].Part, column, context.Count, cancellationToken);
            open = [.. open.SelectMany(tie => Sort(shards[tie.Shard].Sources, tie, new(space, texts)))];
        }
    }

    /// <summary>Sorts by one column; gives what is still tied.</summary>
    static List<RowTie> Sort(int[] sources, RowTie tie, ByText order)
    {
        Array.Sort(sources, tie.From, tie.Until - tie.From, order);
        var open = new List<RowTie>();
        for (var i = tie.From; i < tie.Until;)
        {
            var end = i + 1;
            while (end < tie.Until && order.AreEqual(sources[i], sources[end])) end++;
            if (end - i > 1) open.Add(new(tie.Shard, i, end));
            i = end;
        }
        return open;
    }

    sealed class ByText(RowSpace space, TextColumn?[] columns) : IComparer<int>
    {
        public int Compare(int x, int y)
        {
            var order = Of(x).SequenceCompareTo(Of(y));
            return order != 0 ? order : x.CompareTo(y);
        }

        public bool AreEqual(int x, int y) => Of(x).SequenceEqual(Of(y));

        ReadOnlySpan<byte> Of(int number)
        {
            var part = space.PartOf(number);
            return columns[part] is { } column ? column.Utf8(number - space.FirstOf(part)) : default;
        }
    }
}

/// <summary>Neighbouring rows of a shard that have the same person and time.</summary>
readonly record struct RowTie(int Shard, int From, int Until);
