using System.Runtime.InteropServices;
using System.Text;
using Cairn.Storage.Lake.Writing;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Compaction.BuiltTables;

/// <summary>When each id was first and last seen in an event, for a share of all ids.</summary>
/// <param name="shares">In how many shares ids are looked at, one after the other: what keeps memory small whatever the number of ids.</param>
/// <param name="share">Which of them, from 0.</param>
sealed class SeenIdTimes(int shares, int share)
{
    readonly Dictionary<string, (long FirstMs, long LastMs)> times = new(StringComparer.Ordinal);

    /// <summary>The ids, in no order; those that no event names have no times (<see cref="long.MaxValue"/>, <see cref="long.MinValue"/>).</summary>
    public IReadOnlyDictionary<string, (long FirstMs, long LastMs)> Times => times;

    /// <summary>Takes in a file of events, row group by row group and past the cache: readers need it for what they ask again.</summary>
    public async Task AddAsync(RowFile file, CancellationToken cancellationToken)
    {
        if (file.Live.Count == 0) return;
        foreach (var segment in await RowSegment.OpenAsync(file, cancellationToken))
            if (await segment.ReadAsync(RowLayout.DistinctId, cancellationToken) is TextColumn ids && await segment.ReadAsync(RowLayout.Time, cancellationToken) is Int64Column times)
                Add(file.Live, segment.FirstRow, ids, times.Values);
    }

    void Add(RowSet live, int firstRow, TextColumn ids, ReadOnlySpan<long> whens)
    {
        var (firsts, lasts) = (new long[ids.Dictionary.Count], new long[ids.Dictionary.Count]);
        Array.Fill(firsts, long.MaxValue);
        Array.Fill(lasts, long.MinValue);
        var codes = ids.Codes;
        for (var row = 0; row < codes.Length; row++)
        {
            var code = codes[row];
            if (code < 0 || !live[firstRow + row]) continue;
            if (whens[row] < firsts[code]) firsts[code] = whens[row];
            if (whens[row] > lasts[code]) lasts[code] = whens[row];
        }
        for (var code = 0; code < firsts.Length; code++)
            if (lasts[code] != long.MinValue && IsOurs(ids.Dictionary[code])) Widen(ids.Dictionary.Text(code), firsts[code], lasts[code]);
    }

    /// <summary>Takes in an id that something else than an event names.</summary>
    public void Add(string id)
    {
        if (id.Length > 0 && IsOurs(Encoding.UTF8.GetBytes(id))) times.TryAdd(id, (long.MaxValue, long.MinValue));
    }

    bool IsOurs(ReadOnlySpan<byte> utf8Id) => shares == 1 || (int)(Lake.PersonHash.Of(utf8Id) % (ulong)shares) == share;

    void Widen(string id, long firstMs, long lastMs)
    {
        ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(times, id, out var exists);
        known = exists ? (Math.Min(known.FirstMs, firstMs), Math.Max(known.LastMs, lastMs)) : (firstMs, lastMs);
    }
}
