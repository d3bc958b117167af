using System.Diagnostics;
using Cairn.Disk;
using Cairn.Disk.Blobs;
using Cairn.Storage.History;
using Cairn.Storage.Lake;
using Cairn.Storage.Rows;
namespace Cairn.Benchmarks.History;
sealed class Prof : IBenchmark
{
    public string Name => "prof";
    public string Says => "x";
    public async Task RunAsync(IReadOnlyList<string> arguments, TextWriter report)
    {
        var folder = await HistoryLake.FolderAsync(long.Parse(arguments[0]));
        var blobs = new DiskBlobStore(folder, FileLayer.Real, TimeProvider.System);
        for (var round = 0; round < 6; round++)
        {
            var id = HistoryLake.User(100 + round);
            var t = Stopwatch.GetTimestamp();
            double Lap() { var e = Stopwatch.GetElapsedTime(t).TotalMilliseconds; t = Stopwatch.GetTimestamp(); return e; }
            var snaps = new LakeSnapshots(blobs, new ColumnCache(1L << 28), new LakeTables(blobs, TimeProvider.System));
            var snap = await snaps.OpenAsync(OneProject.Bench.ProjectId, RowLayout.Events, default);
            var open = Lap();
            var who = PossiblePersons.Of([id]);
            var slices = new List<RowSlice>();
            foreach (var f in snap.Files) slices.AddRange(await RowSlice.OfAsync(f, who, default));
            var foot = Lap();
            double rowsOf = 0, ids = 0, pick = 0; int n = 0;
            foreach (var s in slices)
            {
                var rows = await s.RowsOfAsync(who, default); rowsOf += Lap();
                if (rows.Count == 0) continue;
                await s.ReadAsync(["time", "received_at", "item_id", "dialect", "distinct_id", "device_id", "user_id"], default); ids += Lap();
                await s.PickAsync(rows, null, default); pick += Lap(); n += rows.Count;
            }
            report.WriteLine($"open {open:F1} footers {foot:F1} slices {slices.Count} ({string.Join(',', slices.Select(s=>s.RowCount))}): person {rowsOf:F1} ids {ids:F1} pick {pick:F1} rows {n}");
        }
    }
}
