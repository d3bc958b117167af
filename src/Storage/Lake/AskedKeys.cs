using Cairn.Storage.Recent;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Lake;

/// <summary>The keys of one recent file's rows, and what of them tells which files of the lake can't hold a copy.</summary>
/// <remarks>
/// <code>
/// the row                                   a copy of it has
/// of Mixpanel or Segment with an insert id  the same time as sent
/// of Amplitude with an insert id            a receipt within seven days of its own
/// without an insert id                      the same receipt, for it is the same item
/// </code>
/// </remarks>
sealed class AskedKeys
{
    static readonly long WindowMs = (long)DuplicateKey.Window.TotalMilliseconds;

    readonly List<(DuplicateKey Key, int Row, bool BySent, long FirstMs, long LastMs)> rows = [];

    public static async ValueTask<AskedKeys> ReadAsync(KnownFile file, CancellationToken cancellationToken)
    {
        var asked = new AskedKeys();
        var highs = await file.ReadNumbersAsync(RowLayout.DuplicateHigh, cancellationToken);
        var lows = await file.ReadNumbersAsync(RowLayout.DuplicateLow, cancellationToken);
        var receivedAt = await file.ReadNumbersAsync(RowLayout.ReceivedAt, cancellationToken);
        var sent = file.Facts.TryFind(RowLayout.SentTime, out _) ? await file.ReadNumbersAsync(RowLayout.SentTime, cancellationToken) : null;
        var insertIds = await file.ReadTextsAsync(RowLayout.InsertId, cancellationToken);
        for (var row = 0; row < file.Facts.RowCount; row++)
        {
            if (!file.Once[row]) continue;
            var (key, received) = (new DuplicateKey(highs.Values[row], lows.Values[row]), receivedAt.Values[row]);
            if (insertIds is null || insertIds.Codes[row] < 0) asked.rows.Add((key, row, false, received, received));
            else if (key.IsWindowed) asked.rows.Add((key, row, false, received - WindowMs, received + WindowMs));
            else if (sent is null || sent.Values[row] == Int64Column.Null) asked.rows.Add((key, row, true, 0, 0));
            else asked.rows.Add((key, row, true, sent.Values[row], sent.Values[row]));
        }
        return asked;
    }

    /// <summary>Whether any copy may be in a file, by what the log says of it.</summary>
    public bool MayMeet(LakeFile file)
    {
        foreach (var row in rows)
            if (MayMeet(file, row.BySent, row.FirstMs, row.LastMs)) return true;
        return false;
    }

    /// <summary>The rows that may have a copy in a file.</summary>
    /// <param name="filter">Null where the file has none.</param>
    public List<(DuplicateKey Key, int Row)> Suspects(LakeFile file, KeyFilter? filter)
    {
        var suspects = new List<(DuplicateKey, int)>();
        foreach (var row in rows)
            if (MayMeet(file, row.BySent, row.FirstMs, row.LastMs) && filter?.MayHold(row.Key.High) != false) suspects.Add((row.Key, row.Row));
        return suspects;
    }

    static bool MayMeet(LakeFile file, bool bySent, long firstMs, long lastMs)
    {
        var range = bySent ? file.SentTimes : file.Receipts;
        return range is var (first, last) && first <= lastMs && firstMs <= last;
    }
}
