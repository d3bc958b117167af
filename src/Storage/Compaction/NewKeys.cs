using System.Numerics;
using System.Text;
using Cairn.Model;
using Cairn.Storage.Lake;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Compaction;

/// <summary>The duplicate keys of a recent file's rows, and what tells which files of the table can hold copies of them.</summary>
/// <remarks>
/// Copies of Mixpanel's and Segment's share the time as sent, those of Amplitude were received within a window of each other, and what we sent twice ourselves has one receipt.
/// </remarks>
sealed class NewKeys
{
    static readonly byte[] Amplitude = Encoding.UTF8.GetBytes(nameof(Dialect.Amplitude).ToLowerInvariant());

    readonly long[] highs;
    readonly long[] sentTimes;
    readonly long windowMs;

    NewKeys(RowFile file, long[] highs, long[] sentTimes, bool hasAmplitude)
    {
        File = file;
        this.highs = highs;
        this.sentTimes = sentTimes;
        windowMs = hasAmplitude ? (long)DuplicateKey.Window.TotalMilliseconds : 0;
    }

    public RowFile File { get; }

    /// <summary>High halves, one for each row of the file.</summary>
    public ReadOnlySpan<long> Highs => highs;

    public static async Task<NewKeys> ReadAsync(RowFile file, CancellationToken cancellationToken)
    {
        var highs = await file.ReadInt64Async(RowLayout.DuplicateHigh, cancellationToken) ?? throw new InvalidDataException($"{file.Name} has no {RowLayout.DuplicateHigh}");
        var sent = await file.ReadInt64Async(RowLayout.SentTime, cancellationToken);
        var times = new long[file.RowCount];
        // A sender that gave no time counts as having sent at 0, in keys too.
        for (var row = 0; row < times.Length; row++) times[row] = sent is null || sent.Values[row] == Int64Column.Null ? 0 : sent.Values[row];
        var dialects = await file.ReadTextAsync(RowLayout.DialectName, cancellationToken);
        return new(file, highs.Values.ToArray(), times, dialects?.Dictionary.CodeOf(Amplitude) >= 0);
    }

    /// <summary>Adds the keys that a file of the table may hold.</summary>
    /// <param name="filter">The file's; null where it has none, so that any key may be in it.</param>
    public void Ask(LakeFile table, KeyFilter? filter, HashSet<long> affirmed)
    {
        var asksAll = MeetsByReceipt(table);
        var (firstSent, lastSent) = table.SentTimes ?? (long.MaxValue, long.MinValue);
        var words = File.Live.Words;
        for (var word = 0; word < words.Length; word++)
            for (var bits = words[word]; bits != 0; bits &= bits - 1)
            {
                var row = (word << 6) + BitOperations.TrailingZeroCount(bits);
                if ((asksAll || (sentTimes[row] >= firstSent && sentTimes[row] <= lastSent)) && filter?.MayHold(highs[row]) != false) affirmed.Add(highs[row]);
            }
    }

    /// <summary>Whether a file of the table may hold a copy of any row.</summary>
    public bool MayMeet(LakeFile table)
    {
        if (File.Live.Count == 0) return false;
        if (MeetsByReceipt(table)) return true;
        if (table.SentTimes is not var (first, last)) return false;
        foreach (var time in sentTimes)
            if (time >= first && time <= last) return true;
        return false;
    }

    bool MeetsByReceipt(LakeFile table) =>
        table.Receipts.FirstMs <= File.Facts.MaxReceivedAtMs + windowMs && File.Facts.MinReceivedAtMs - windowMs <= table.Receipts.LastMs;
}
