using System.Globalization;
using Cairn.Benchmarks.Parquet;
using Cairn.Disk;
using Cairn.Disk.Blobs;
using Cairn.Storage;
using Cairn.Storage.Lake;
using Cairn.Storage.Parquet;
using Cairn.Storage.Rows;
using Cairn.Support;

namespace Cairn.Benchmarks.Engine;

/// <summary>
/// The bench events as files that compaction leaves: by month and range of the persons' hash, within a file by hash, person and time. Made once
/// per size and kept under artifacts.
/// </summary>
sealed class LakeFiles(IBlobStore blobs, ColumnCache cache) : IRowSnapshots
{
    /// <summary>Rows of a file, about: 128 MiB of the bench's columns are some 6 million.</summary>
    const int RowsPerFile = 4_000_000;

    const int RowsPerGroup = 32 * 1024;

    static readonly string[] Months = ["2026-01-01", "2026-02-01", "2026-03-01"];

    /// <summary>The bench's columns under the names that rows have.</summary>
    static readonly ParquetSchema Schema = new(
    [
        ParquetColumn.Text(RowLayout.Event, nullable: false, fieldId: 1),
        ParquetColumn.Timestamp(RowLayout.Time, nullable: false, fieldId: 2, keepsRange: true),
        ParquetColumn.Text(RowLayout.DistinctId, fieldId: 3),
        ParquetColumn.Text(RowLayout.DialectName, nullable: false, fieldId: 4),
        ParquetColumn.Timestamp(RowLayout.ReceivedAt, nullable: false, fieldId: 5, keepsRange: true),
        ParquetColumn.Text(RowLayout.ItemId, nullable: false, fieldId: 6),
        ParquetColumn.Text(RowLayout.InsertId, fieldId: 7),
        ParquetColumn.Text(RowLayout.Text + "plan", fieldId: 8),
        ParquetColumn.Text(RowLayout.Text + "country", fieldId: 9),
        ParquetColumn.Text(RowLayout.Text + "$os", fieldId: 10),
        ParquetColumn.Text(RowLayout.Text + "utm_source", fieldId: 11),
        ParquetColumn.Double(RowLayout.Number + "revenue", fieldId: 12),
        ParquetColumn.Text(RowLayout.Text + "page", fieldId: 13),
    ]);

    readonly StoredRowFiles files = new(blobs, cache);

    /// <summary>The files of a data set, read through a cache.</summary>
    public static async Task<LakeFiles> OpenAsync(int events, ColumnCache cache)
    {
        var folder = RepositoryFolder.Of("artifacts", "bench", $"lake-{events}");
        if (!Directory.Exists(folder)) await MakeAsync(events, folder);
        return new(new DiskBlobStore(folder, FileLayer.Real, TimeProvider.System), cache);
    }

    public async ValueTask<RowSnapshot> OpenAsync(string projectId, string kind, CancellationToken cancellationToken)
    {
        var rows = new List<RowFile>();
        if (kind == RowLayout.Events)
            await foreach (var entry in blobs.ListAsync("events/", after: null, cancellationToken))
            {
                var facts = await files.OpenAsync(entry, cancellationToken);
                rows.Add(new(facts, RowSet.All(facts.RowCount)));
            }
        return new(projectId, kind, rows);
    }

    static async Task MakeAsync(int events, string folder)
    {
        var source = await BenchEvents.FileAsync(events);
        var users = Math.Max(1, (int)Math.Round(events / 40.0));
        using var scratch = new TemporaryFolder();
        // DuckDB has no XXH3: it is told the persons' order.
        var ranked = Enumerable.Range(0, users).Select(user => string.Create(CultureInfo.InvariantCulture, $"u{user:d9}")).OrderBy(PersonHash.Of).Select((id, rank) => $"{id},{rank}");
        await File.WriteAllLinesAsync(scratch["ranks.csv"], ranked.Prepend("distinct_id,rank"));
        var ranges = Math.Max(1, events / Months.Length / RowsPerFile + 1);
        var partial = folder + ".partial";
        Directory.CreateDirectory(Path.Combine(partial, "events"));
        foreach (var month in Months)
            for (var range = 0; range < ranges; range++)
            {
                var wanted = $"date_trunc('month', time) = '{month}' and rank * {ranges} // {users} = {range}";
                await Judge.DuckDb.RunAsync($"copy (select {Select} from '{source}' join '{scratch["ranks.csv"]}' using (distinct_id) where {wanted} order by rank, time, event, insert_id) to '{scratch["sorted.parquet"]}' (format parquet, compression snappy, row_group_size {events})");
                await WriteAsync(scratch["sorted.parquet"], Path.Combine(partial, "events", $"{month}.{range}.parquet"));
            }
        Directory.Move(partial, folder);
    }

    /// <remarks>Item ids as the door makes them: random per request of 50 events, then the index.</remarks>
    static string Select => $"""
        event, epoch_ms(time) as time, distinct_id, 'mixpanel' as {RowLayout.DialectName}, epoch_ms(time) + 800 + (hash(insert_id) % 4000)::bigint as received_at,
        substr(to_base64(md5((hash(distinct_id, time::date) % 100000000)::varchar)::blob), 1, 16) || '.' || (hash(insert_id) % 50) as item_id,
        insert_id, plan as "s.plan", country as "s.country", os as "s.$os", utm_source as "s.utm_source", revenue as "n.revenue", page as "s.page"
        """;

    static async Task WriteAsync(string from, string to)
    {
        var rows = EventColumns.Load(ParquetReader.Open(from, await File.ReadAllBytesAsync(from)), Schema);
        await using var stream = new FileStream(to, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        using var writer = new ParquetWriter(Schema, stream);
        for (var start = 0; start < rows.RowCount; start += RowsPerGroup) rows.WriteRowGroup(writer, start, Math.Min(RowsPerGroup, rows.RowCount - start));
        writer.Finish();
    }
}
