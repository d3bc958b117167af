using Cairn.Storage.Rows;

namespace Cairn.Storage.Recent;

/// <summary>Decides which rows of a table's files count: each place once, and of duplicates the one received first.</summary>
sealed class LiveRows
{
    readonly Dictionary<(string StreamId, int Partition), CoveredSeqs> covered = [];
    readonly List<KnownFile> files = [];
    readonly DuplicateIndex index = new();

    /// <summary>Receipts of copies that stand in the lake already: they count, whenever they were received.</summary>
    readonly Dictionary<DuplicateKey, HashSet<long>> inLake = [];

    /// <summary>High halves of keys that stand in the index more than once, as far as it can tell, since the last <see cref="SettleAsync"/>; with the files to look in.</summary>
    readonly Dictionary<long, HashSet<int>> suspects = [];

    /// <summary>Takes one more file in; its duplicates are settled later.</summary>
    public async Task AddAsync(KnownFile file, CancellationToken cancellationToken)
    {
        if (files.Count >= DuplicateIndex.MaxFiles) throw new InvalidOperationException($"more than {DuplicateIndex.MaxFiles} recent files");
        await TakeOnceAsync(file, cancellationToken);
        var number = files.Count;
        files.Add(file);
        Index(file, number, (await file.ReadNumbersAsync(RowLayout.DuplicateHigh, cancellationToken)).Values);
    }

    /// <summary>Rows of a file turned out to have copies in the lake.</summary>
    public void AddCopies(KnownFile file, IReadOnlyList<PassedCopy> copies)
    {
        if (copies.Count == 0) return;
        var number = files.IndexOf(file);
        var likely = new List<int>();
        foreach (var copy in copies)
        {
            if (!inLake.TryGetValue(copy.Key, out var receipts)) inLake.Add(copy.Key, receipts = []);
            if (!receipts.Add(copy.ReceivedAtMs)) continue;
            if (!suspects.TryGetValue(copy.Key.High, out var places)) suspects.Add(copy.Key.High, places = []);
            places.Add(number);
            // The one that counted so far may stand in another file, which says the same of it later, when it is nothing new any more.
            index.Find(copy.Key.High, likely);
            places.UnionWith(likely);
            likely.Clear();
        }
    }

    void Index(KnownFile file, int number, ReadOnlySpan<long> highs)
    {
        var likely = new List<int>();
        for (var row = 0; row < highs.Length; row++)
        {
            if (!file.Once[row]) continue;
            if (!index.Add(highs[row], number, likely)) continue;
            if (!suspects.TryGetValue(highs[row], out var places)) suspects.Add(highs[row], places = [number]);
            places.Add(number);
            places.UnionWith(likely);
            likely.Clear();
        }
    }

    /// <summary>Looks the suspects up where they stand, and marks all copies but the one that counts.</summary>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        var copies = new Dictionary<DuplicateKey, List<Copy>>();
        foreach (var number in suspects.Values.SelectMany(places => places).Distinct().Order())
        {
            var file = files[number];
            var keys = await KeysAsync(file, cancellationToken);
            var receivedAts = await file.ReadNumbersAsync(RowLayout.ReceivedAt, cancellationToken);
            for (var row = 0; row < file.Facts.RowCount; row++)
            {
                var key = keys[row];
                if (!file.Once[row] || !suspects.TryGetValue(key.High, out var places) || !places.Contains(number)) continue;
                if (!copies.TryGetValue(key, out var all)) copies.Add(key, all = []);
                all.Add(new(receivedAts.Values[row], file, row));
            }
        }
        foreach (var (key, all) in copies) MarkAllButFirst(key, all, inLake.GetValueOrDefault(key));
        suspects.Clear();
    }

    static void MarkAllButFirst(DuplicateKey key, List<Copy> copies, HashSet<long>? receiptsInLake)
    {
        copies.Sort();
        var windowMs = key.IsWindowed ? (long)DuplicateKey.Window.TotalMilliseconds : long.MaxValue;
        Copy? kept = null;
        foreach (var copy in copies)
        {
            var isDuplicate = (kept is { } first && copy.ReceivedAtMs - first.ReceivedAtMs < windowMs)
                || (receiptsInLake is not null && receiptsInLake.Any(receipt => Math.Abs(copy.ReceivedAtMs - receipt) < windowMs));
            copy.File.Mark(copy.Row, isDuplicate);
            // An accepted copy opens the window anew; a dropped one does not.
            if (!isDuplicate) kept = copy;
        }
    }

    async Task TakeOnceAsync(KnownFile file, CancellationToken cancellationToken)
    {
        var (stream, partition, first, last) = (file.Name.StreamId, file.Name.Partition, file.Name.FirstSeq, file.Name.LastSeq);
        if (!covered.TryGetValue((stream, partition), out var seqs)) covered.Add((stream, partition), seqs = new());
        if (seqs.Touches(first, last))
        {
            var places = await file.ReadNumbersAsync(RowLayout.Seq, cancellationToken);
            file.Once = file.Once.Without(Enumerable.Range(0, places.RowCount).Where(row => seqs.Contains(places.Values[row])));
        }
        seqs.Add(first, last);
    }

    static async Task<Keys> KeysAsync(KnownFile file, CancellationToken cancellationToken) =>
        new(await file.ReadNumbersAsync(RowLayout.DuplicateHigh, cancellationToken), await file.ReadNumbersAsync(RowLayout.DuplicateLow, cancellationToken));

    /// <summary>A file's keys by row.</summary>
    readonly record struct Keys(Int64Column Highs, Int64Column Lows)
    {
        public DuplicateKey this[int row] => new(Highs.Values[row], Lows.Values[row]);
    }

    /// <summary>One row of a key; by receipt, then by place.</summary>
    readonly record struct Copy(long ReceivedAtMs, KnownFile File, int Row) : IComparable<Copy>
    {
        public int CompareTo(Copy other)
        {
            var order = ReceivedAtMs.CompareTo(other.ReceivedAtMs);
            if (order == 0) order = string.CompareOrdinal(File.Facts.Name, other.File.Facts.Name);
            return order == 0 ? Row.CompareTo(other.Row) : order;
        }
    }
}
