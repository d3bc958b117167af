using Cairn.Storage.Parquet;
using Cairn.Support;

namespace Cairn.Benchmarks.Parquet;

/// <summary>Writes and reads the bench events, sorted by month and person as the lake's files are.</summary>
sealed class ParquetBenchmark : IBenchmark
{
    /// <summary>Rows of a row group, as in merged files of the lake.</summary>
    const int RowsPerGroup = 32 * 1024;

    /// <summary>Rows of a recent file on a quiet day; a multiple of 64, as the bench's masks are cut.</summary>
    const int SmallFileRows = 512;

    const int Rounds = 5;

    public string Name => "parquet";

    public string Says => "rows/s and MB/s of writing and reading event files, bytes per event, beside DuckDB reading the same file. [EVENTS=2000000]";

    public async Task RunAsync(IReadOnlyList<string> arguments, TextWriter report)
    {
        var events = arguments.Count > 0 ? int.Parse(arguments[0], System.Globalization.CultureInfo.InvariantCulture) : 2_000_000;
        var table = await EventColumns.LoadAsync(events);
        using var folder = new TemporaryFolder();
        var files = Enumerable.Range(0, table.Months.Count).Select(month => folder[$"{month}.parquet"]).ToArray();

        var write = Best(() =>
        {
            for (var month = 0; month < files.Length; month++) Write(table.Months[month], files[month]);
        });
        var bytes = files.Sum(file => new FileInfo(file).Length);
        report.WriteLine($"write: {Rate(events, bytes, write)}");

        var small = table.Months[0];
        var writeSmall = Best(() =>
        {
            for (var start = 0; start + SmallFileRows <= small.RowCount; start += SmallFileRows)
            {
                using var writer = new ParquetWriter(EventColumns.Schema);
                small.WriteRowGroup(writer, start, SmallFileRows);
                writer.Finish();
            }
        });
        report.WriteLine($"write as files of {SmallFileRows} rows in memory: {small.RowCount / writeSmall.Processor.TotalSeconds / 1e6:F2} M rows/s per core");

        var contents = files.Select(File.ReadAllBytes).ToArray();
        var read = Best(() =>
        {
            foreach (var content in contents) Read(ParquetReader.Open("bench", content), _ => true);
        });
        report.WriteLine($"read:  {Rate(events, bytes, read)}");
        var readHot = Best(() =>
        {
            foreach (var content in contents) Read(ParquetReader.Open("bench", content), column => !EventColumns.Ids.Contains(column));
        });
        report.WriteLine($"read without ids: {Rate(events, bytes, readHot)}");

        ReportBytes(files, events, report);
        await ReportDuckDbAsync(folder, events, report);
    }

    static void Write(EventColumns month, string file)
    {
        using var stream = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        using var writer = new ParquetWriter(EventColumns.Schema, stream);
        for (var start = 0; start < month.RowCount; start += RowsPerGroup) month.WriteRowGroup(writer, start, Math.Min(RowsPerGroup, month.RowCount - start));
        writer.Finish();
    }

    static void Read(ParquetReader file, Func<string, bool> wants)
    {
        foreach (var leaf in file.Schema.Leaves)
            if (wants(leaf.Column.Name))
                for (var group = 0; group < file.RowGroups.Count; group++) file.Read(group, leaf.Index, distinct: false);
    }

    static void ReportBytes(string[] files, int events, TextWriter report)
    {
        var perColumn = new Dictionary<string, long>();
        var footers = 0L;
        foreach (var path in files)
        {
            var file = ParquetReader.Open(path, File.ReadAllBytes(path));
            footers += new FileInfo(path).Length;
            foreach (var group in file.RowGroups)
                for (var c = 0; c < group.Columns.Length; c++)
                {
                    var name = file.Schema.Leaves[c].Column.Name;
                    perColumn[name] = perColumn.GetValueOrDefault(name) + group.Columns[c].CompressedBytes;
                    footers -= group.Columns[c].CompressedBytes;
                }
        }
        foreach (var (name, size) in perColumn) report.WriteLine($"  {name,-12} {(double)size / events,6:F2} B/event");
        report.WriteLine($"  {"footers",-12} {(double)footers / events,6:F2} B/event");
        var counted = perColumn.Where(column => !EventColumns.Ids.Contains(column.Key)).Sum(column => column.Value) + footers;
        report.WriteLine($"bytes: {(double)counted / events:F2} B/event without {string.Join(", ", EventColumns.Ids)} (at most 10 wanted)");
    }

    static async Task ReportDuckDbAsync(TemporaryFolder folder, int events, TextWriter report)
    {
        var maxima = string.Join(", ", EventColumns.Schema.Fields.Select(field => $"max(\"{field.Name}\")"));
        var hot = string.Join(", ", EventColumns.Schema.Fields.Where(field => !EventColumns.Ids.Contains(field.Name)).Select(field => $"max(\"{field.Name}\")"));
        string All(string columns) => $"select {columns} from read_parquet('{folder["*.parquet"]}')";
        var answers = await Judge.DuckDb.AskAsync(["set threads = 1", .. Enumerable.Repeat(All(maxima), Rounds), .. Enumerable.Repeat(All(hot), Rounds)]);
        var ms = answers.Skip(1).Take(Rounds).Min(answer => answer.Ms);
        var hotMs = answers.Skip(1 + Rounds).Min(answer => answer.Ms);
        report.WriteLine($"DuckDB, one thread, max of every column: {events / ms / 1000:F2} M rows/s; without ids {events / hotMs / 1000:F2} M rows/s");
    }

    static (TimeSpan Processor, TimeSpan Wall) Best(Action work) =>
        Enumerable.Range(0, Rounds).Select(_ => BenchEvents.Measure(work)).MinBy(cost => cost.Processor);

    static string Rate(int events, long bytes, (TimeSpan Processor, TimeSpan Wall) cost) =>
        $"{events / cost.Processor.TotalSeconds / 1e6:F2} M rows/s per core, {bytes / cost.Processor.TotalSeconds / 1e6:F0} MB/s of file ({cost.Processor.TotalMilliseconds:F0} ms of processor, {cost.Wall.TotalMilliseconds:F0} ms on the wall)";
}
