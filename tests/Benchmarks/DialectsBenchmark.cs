using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Cairn.Ingestion;
using Cairn.Ingestion.Amplitude;
using Cairn.Ingestion.Segment;
using Cairn.Model;
using Cairn.Support;

namespace Cairn.Benchmarks;

/// <summary>From the bytes of an upload to items, on one core, without the stages behind.</summary>
sealed class DialectsBenchmark : IBenchmark
{
    public string Name => "dialects";

    public string Says => "Amplitude and Segment uploads translated to items on one core, best pass, beside JsonDocument.Parse of the same bytes; arguments: seconds each (3)";

    public Task RunAsync(IReadOnlyList<string> arguments, TextWriter report)
    {
        var seconds = arguments.Count > 0 ? double.Parse(arguments[0], CultureInfo.InvariantCulture) : 3;
        report.WriteLine();
        report.WriteLine("| body | events | bytes an event | events/s | MB/s | bytes allocated an event | JsonDocument MB/s |");
        report.WriteLine("| --- | --- | --- | --- | --- | --- | --- |");
        Measure("Amplitude browser", Amplitude("amplitude-browser.defaults", 4), TranslateAmplitude);
        Measure("Amplitude node, /batch", Amplitude("amplitude-node.batch", 1), TranslateAmplitude);
        Measure("Amplitude server, fields", AmplitudeServerSide(), TranslateAmplitude);
        Measure("Segment node", Segment("segment-node.bulk", 1), TranslateSegment);
        Measure("Segment browser", Segment("segment-browser.batching", 3), TranslateSegment);
        return Task.CompletedTask;

        void Measure(string what, byte[] body, Func<byte[], int> translate)
        {
            var (events, best, allocated) = Run(body, translate, seconds);
            var parse = Run(body, Parse, seconds / 3);
            report.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {what} | {events:N0} | {body.Length / events:N0} | {events / best:N0} | {body.Length / best / 1e6:N0} | {allocated / events:N2} | {body.Length / parse.Best / 1e6:N0} |"));
        }
    }

    // The best pass, for a pass takes milliseconds and the machine may have other work; allocations are the mean of all.
    static (int Events, double Best, double Allocated) Run(byte[] body, Func<byte[], int> once, double seconds)
    {
        var events = once(body);
        for (var warm = Stopwatch.StartNew(); warm.Elapsed.TotalSeconds < Math.Min(2, seconds);) once(body);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.StartNew();
        var best = double.MaxValue;
        var passes = 0;
        for (; clock.Elapsed.TotalSeconds < seconds; passes++)
        {
            var start = Stopwatch.GetTimestamp();
            once(body);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return (events, best, (double)(GC.GetAllocatedBytesForCurrentThread() - before) / passes);
    }

    static int TranslateAmplitude(byte[] body)
    {
        using var batch = new ItemBatch(Dialect.Amplitude, 1_750_000_000_000);
        var upload = AmplitudeUpload.Read(body, batch.Scratch);
        using var translator = new AmplitudeTranslator(batch, new(batch.ReceivedAtMs, upload.UploadedAtMs), upload.MinIdChars);
        if (!translator.AddEvents(upload.Events).IsAccepted || batch.AcceptedCount != batch.RecordCount) throw new InvalidOperationException("the body is not accepted");
        return batch.RecordCount;
    }

    static int TranslateSegment(byte[] body)
    {
        using var batch = new ItemBatch(Dialect.Segment, 1_750_000_000_000);
        using var translator = new SegmentTranslator(batch);
        if (!translator.Add(body, SegmentCall.Unknown, out _).IsAccepted || batch.AcceptedCount != batch.RecordCount) throw new InvalidOperationException("the body is not accepted");
        return batch.RecordCount;
    }

    static int Parse(byte[] body)
    {
        using var document = JsonDocument.Parse(body);
        return document.RootElement.EnumerateObject().Count();
    }

    // A captured upload, its events repeated up to 2,000.
    static byte[] Amplitude(string file, int number) => Repeat(Capture.Of(file, number), "events", 2000);

    static byte[] Segment(string file, int number) => Repeat(Capture.Of(file, number), "batch", 2000);

    static byte[] Repeat(Capture capture, string list, int count)
    {
        var body = capture.Decoded!.Value;
        var events = body.GetProperty(list).EnumerateArray().Select(one => one.GetRawText()).ToArray();
        var rest = body.EnumerateObject().Where(member => member.Name != list).Select(member => $"\"{member.Name}\":{member.Value.GetRawText()}");
        var repeated = Enumerable.Range(0, count).Select(i => events[i % events.Length]);
        return Encoding.UTF8.GetBytes($"{{{string.Join(',', rest)},\"{list}\":[{string.Join(',', repeated)}]}}");
    }

    static byte[] AmplitudeServerSide()
    {
        var events = Enumerable.Range(0, 2000).Select(i =>
            $$$"""{"user_id":"user-{{{i % 500}}}","device_id":"device-{{{i % 700}}}","event_type":"Item Viewed","time":{{{1_749_988_800_000 + i}}},"insert_id":"{{{i:x8}}}","platform":"Web","os_name":"Chrome","country":"Chile","event_properties":{"plan":"pro","price":9.5,"category":"books","source":"search"}}""");
        return Encoding.UTF8.GetBytes($$"""{"api_key":"k","events":[{{string.Join(',', events)}}],"options":{},"client_upload_time":"2025-06-15T12:00:00.040Z"}""");
    }
}
