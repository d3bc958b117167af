using System.Runtime.InteropServices;
using System.Text;
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

    /// <summary>Takes in a file of events.</summary>
    public async Task AddAsync(RowFile file, CancellationToken cancellationToken)
    {
        if (await file.ReadTextAsync(RowLayout.DistinctId, cancellationToken) is not { } ids || await file.ReadInt64Async(RowLayout.Time, cancellationToken) is not { } whens) return;
        var (firsts, lasts) = (new long[ids.Dictionary.Count], new long[ids.Dictionary.Count]);
        Array.Fill(firsts, long.MaxValue);
        Array.Fill(lasts, long.MinValue);
        var codes = ids.Codes;
        var values = whens.Values;
        for (var row = 0; row < codes.Length; row++)
        {
            var code = codes[row];
            if (code < 0 || !file.Live[row]) continue;
            if (values[row] < firsts[code]) firsts[code] = values[row];
            if (values[row] > lasts[code]) lasts[code] = values[row];
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
