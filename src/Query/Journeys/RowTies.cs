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

    /// <summary>Puts all noted rows in order. A column is read only at rows that are still tied.</summary>
    /// <param name="sources">By part of the space.</param>
    public async Task SettleAsync(RowSpace space, IReadOnlyList<SourceRows> sources, ShardRows[] shards, ReadCount count, CancellationToken cancellationToken)
    {
        var open = ties.Where(tie => !IsSettled(shards[tie.Shard].Sources.AsSpan(tie.From..tie.Until), space, sources)).ToArray();
        foreach (var column in OrderedBy)
        {
            if (open.Length == 0) return;
            var order = new ByText(space);
            var tied = open.SelectMany(tie => shards[tie.Shard].Sources[tie.From..tie.Until]).Select(order.OriginOf).Distinct();
            foreach (var file in tied.GroupBy(origin => origin.Part, origin => origin.Row))
                await order.ReadAsync(file.Key, [.. file.Order()], column, count, cancellationToken);
            open = [.. open.SelectMany(tie => Sort(shards[tie.Shard].Sources, tie, order))];
        }
    }

    /// <summary>Puts rows in the order of their parts; whether that is known to be their order.</summary>
    static bool IsSettled(Span<int> numbers, RowSpace space, IReadOnlyList<SourceRows> sources)
    {
        numbers.Sort();
        var part = space.PartOf(numbers[0]);
        if (sources[part].AreInOrder is not { } areInOrder || space.PartOf(numbers[^1]) != part) return false;
        for (var i = 1; i < numbers.Length; i++)
            if (!areInOrder(numbers[i - 1] - space.FirstOf(part), numbers[i] - space.FirstOf(part))) return false;
        return true;
    }

    /// <summary>Sorts by one column; gives what is still tied.</summary>
    static List<RowTie> Sort(int[] numbers, RowTie tie, ByText order)
    {
        Array.Sort(numbers, tie.From, tie.Until - tie.From, order);
        var open = new List<RowTie>();
        for (var i = tie.From; i < tie.Until;)
        {
            var end = i + 1;
            while (end < tie.Until && order.AreEqual(numbers[i], numbers[end])) end++;
            if (end - i > 1) open.Add(new(tie.Shard, i, end));
            i = end;
        }
        return open;
    }

    /// <summary>Orders rows by a column of the files that they came from first.</summary>
    sealed class ByText(RowSpace space) : IComparer<int>
    {
        readonly Dictionary<IEventPart, (int[] Rows, TextColumn Column)> texts = [];

        /// <param name="rows">Ascending, each once.</param>
        public async ValueTask ReadAsync(IEventPart file, int[] rows, string column, ReadCount count, CancellationToken cancellationToken)
        {
            if (!file.Has(column) || await file.ReadRowsAsync(column, rows, cancellationToken) is not TextColumn read) return;
            count.Add(read.MemoryBytes);
            texts[file] = (rows, read);
        }

        public int Compare(int x, int y)
        {
            var order = Of(x).SequenceCompareTo(Of(y));
            return order != 0 ? order : x.CompareTo(y);
        }

        public bool AreEqual(int x, int y) => Of(x).SequenceEqual(Of(y));

        public (IEventPart Part, int Row) OriginOf(int number)
        {
            var part = space.PartOf(number);
            var row = number - space.FirstOf(part);
            return space.Parts[part] is ShardPart shard ? shard.OriginOf(row) : (space.Parts[part], row);
        }

        ReadOnlySpan<byte> Of(int number)
        {
            var (file, row) = OriginOf(number);
            return texts.TryGetValue(file, out var read) ? read.Column.Utf8(Array.BinarySearch(read.Rows, row)) : default;
        }
    }
}

/// <summary>Neighbouring rows of a shard that have the same person and time.</summary>
readonly record struct RowTie(int Shard, int From, int Until);
