using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Cairn.Storage.Lake;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Compaction;

/// <summary>Names the rows of some tables at one moment: while the name is the same, none has come and none has gone.</summary>
/// <remarks>
/// Rows come by messages only, in the order of each partition: up to which one they are there, in the lake or recent, tells whether any has come. Of those that are there
/// some may go (retention, duplicates, erasure): then there are fewer.
/// </remarks>
/// <param name="Count">Rows.</param>
/// <param name="Name">32 hexadecimal digits.</param>
sealed record KnownRows(long Count, string Name)
{
    /// <param name="also">What the reader's answer depends on beside the rows.</param>
    public static async ValueTask<KnownRows> ReadAsync(
        LakeTables tables, IRowSnapshots rows, string projectId, IEnumerable<string> kinds, string also, CancellationToken cancellationToken)
    {
        var (text, all) = (new StringBuilder(also), 0L);
        foreach (var kind in kinds)
        {
            // The lake first: what it takes in between is recent no more, and is missed here rather than wrongly counted as seen.
            var reached = new SortedDictionary<string, long>(StringComparer.Ordinal);
            if (await tables[projectId, kind].ReadAsync(cancellationToken) is { } version)
                foreach (var (appId, place) in version.Places) reached[appId] = place.Version;
            var snapshot = await rows.OpenAsync(projectId, kind, cancellationToken);
            foreach (var file in snapshot.Files)
            {
                if (!RecentFileName.TryParse(file.Name, out var name)) continue;
                var appId = LakeLayout.AppIdOf(name.StreamId, name.Partition);
                reached[appId] = Math.Max(reached.GetValueOrDefault(appId, -1), name.LastSeq);
            }
            all += snapshot.RowCount;
            text.Append(CultureInfo.InvariantCulture, $"\n{kind} {snapshot.RowCount}");
            foreach (var (appId, seq) in reached) text.Append(CultureInfo.InvariantCulture, $" {appId} {seq}");
        }
        return new(all, Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes(text.ToString()))));
    }
}
