using System.Globalization;
using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Json;
using Cairn.Api.Answers;
using Cairn.Query.Rows;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Amplitude;

/// <summary>Streams a zip whose entries are gzip files of one JSON event a line, named by the hour of receipt: <c>12345/12345_2026-06-16_9#0.json.gz</c>.</summary>
/// <remarks>
/// Source: Amplitude docs, "Export API", and archives seen in public: an hour may have several entries, its number has no leading zero. A fault on the way breaks
/// the connection off, so that a client sees that it has not all.
/// </remarks>
sealed class ExportArchive(IAsyncEnumerator<IReadOnlyList<EventRow>> lists, string app) : IResult
{
    /// <summary>Compressed bytes of one entry, about; then the hour's next one begins.</summary>
    const int MaxEntryBytes = 8 * 1024 * 1024;

    /// <summary>Hours that are gathered at once; receipts of one file lie close together, so more is rare.</summary>
    const int MaxOpenHours = 8;

    static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    readonly Dictionary<long, OpenEntry> open = [];
    readonly Dictionary<long, int> entryCounts = [];

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        await using var held = lists;
        var (body, cancellationToken) = (httpContext.Response.Body, httpContext.RequestAborted);
        httpContext.Response.ContentType = "application/zip";
        await using var staged = new StagedStream();
        using (var archive = new ZipArchive(staged, ZipArchiveMode.Create, leaveOpen: true))
        {
            do
            {
                foreach (var row in lists.Current) EntryOf(row.ReceivedAtMs / 3_600_000).Add(row, app);
                foreach (var hour in open.Where(entry => entry.Value.Bytes > MaxEntryBytes).Select(entry => entry.Key).ToList()) Close(archive, hour);
                while (open.Count > MaxOpenHours) Close(archive, open.Keys.Min());
                await staged.SendAsync(body, cancellationToken);
            }
            while (await lists.MoveNextAsync());
            foreach (var hour in open.Keys.Order().ToList()) Close(archive, hour);
        }
        await staged.SendAsync(body, cancellationToken);
    }

    OpenEntry EntryOf(long hour)
    {
        if (!open.TryGetValue(hour, out var entry)) open.Add(hour, entry = new());
        return entry;
    }

    void Close(ZipArchive archive, long hour)
    {
        using var entry = open[hour];
        open.Remove(hour);
        var number = entryCounts[hour] = entryCounts.GetValueOrDefault(hour, -1) + 1;
        var at = CoverageHeaders.Moment(hour * 3_600_000);
        var name = string.Create(CultureInfo.InvariantCulture, $"{app}/{app}_{at:yyyy-MM-dd}_{at.Hour}#{number}.json.gz");
        // Deflated once more, though it gains nothing: some readers of zip streams know no stored entry without its size before it.
        using var stream = archive.CreateEntry(name, CompressionLevel.Fastest).Open();
        stream.Write(entry.Close().Span);
    }

    sealed class OpenEntry : IDisposable
    {
        readonly MemoryStream bytes = new();
        readonly GZipStream gzip;
        readonly Utf8JsonWriter json;

        public OpenEntry()
        {
            gzip = new(bytes, CompressionLevel.Fastest, leaveOpen: true);
            json = new(gzip, Options);
        }

        /// <summary>Compressed so far.</summary>
        public long Bytes => bytes.Length;

        public void Add(EventRow row, string app)
        {
            RawEventJson.Write(json, row, app, forActivity: false);
            json.Flush();
            json.Reset();
            gzip.WriteByte((byte)'\n');
        }

        /// <summary>The whole gzip file; nothing may be added afterwards.</summary>
        public ReadOnlyMemory<byte> Close()
        {
            json.Dispose();
            gzip.Dispose();
            return bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
        }

        public void Dispose()
        {
            json.Dispose();
            gzip.Dispose();
            bytes.Dispose();
        }
    }
}
