using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Cairn.Ingestion;
using Cairn.Ingestion.Bodies;
using Cairn.Ingestion.Mixpanel;
using Cairn.Model;
using Cairn.Model.Identity;

namespace Cairn.Benchmarks;

/// <summary>Mixpanel's dialect alone: from a body in memory to items, without inflating, stages or stream.</summary>
sealed class TranslateMixpanel : IBenchmark
{
    const int EventsPerBody = 2_000;

    public string Name => "translate";

    public string Says => "one core, Mixpanel bodies to items: strict /import of 2,000, /track of 50 as a browser sends it (form, base64), /track of one as JSON; [events=4000000]";

    public async Task RunAsync(IReadOnlyList<string> arguments, TextWriter report)
    {
        var events = arguments.Count > 0 ? long.Parse(arguments[0], CultureInfo.InvariantCulture) : 4_000_000;
        if (OperatingSystem.IsLinux() || OperatingSystem.IsWindows()) Process.GetCurrentProcess().ProcessorAffinity = 1;
        var import = Inflate(new BenchBodies(seed: 1, users: 100_000).Next(EventsPerBody, 200_000));
        var browser = Encoding.ASCII.GetBytes("data=" + Uri.EscapeDataString(Convert.ToBase64String(Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Repeat(BrowserEvent, 50))}]"))));
        await MeasureAsync("/import, strict, 2,000 a body", import, EventsPerBody, "application/json", new(true, true, IdentityMode.Simplified), events, report);
        await MeasureAsync("/track, form base64, 50 a body", browser, 50, "application/x-www-form-urlencoded", EventRules.Track, events / 4, report);
        await MeasureAsync("/track, JSON, one a body", Encoding.UTF8.GetBytes(BrowserEvent), 1, "application/json", EventRules.Track, events / 4, report);
    }

    static async Task MeasureAsync(string what, byte[] bytes, int eventsPerBody, string contentType, EventRules rules, long events, TextWriter report)
    {
        var best = 0.0;
        var allocated = 0.0;
        for (var round = 0; round < 4; round++)
        {
            var before = GC.GetTotalAllocatedBytes();
            // CPU time, not the clock: one thread on one core, and what else runs on the machine is not its business.
            var begun = Process.GetCurrentProcess().TotalProcessorTime;
            for (long done = 0; done < events; done += eventsPerBody) await TranslateAsync(bytes, eventsPerBody, contentType, rules);
            var rate = events / (Process.GetCurrentProcess().TotalProcessorTime - begun).TotalSeconds;
            if (rate < best) continue;
            best = rate;
            allocated = (GC.GetTotalAllocatedBytes() - before) / (double)events;
        }
        report.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{what}: {best:N0} events a second of CPU, {bytes.Length / (double)eventsPerBody * best / 1e6:F0} MB/s, {allocated:F1} bytes allocated an event (best of 4, the body's copy included)"));
    }

    static async ValueTask TranslateAsync(byte[] bytes, int eventsPerBody, string contentType, EventRules rules)
    {
        using var body = await RequestBody.ReadAsync(new MemoryStream(bytes), bytes.Length, null, MixpanelLimits.Body, TimeProvider.System, default);
        var flags = MixpanelFlags.OfQuery("?verbose=1&ip=1&_=1749988805171");
        var payload = MixpanelPayload.Unwrap(body, contentType, "", rules.IsStrict, ref flags);
        using var batch = new ItemBatch(Dialect.Mixpanel, 1_800_000_000_000);
        var fault = MixpanelRecords.Translate(payload, new EventTranslator(rules), batch);
        if (fault != RejectReason.None || batch.AcceptedCount != eventsPerBody)
            throw new InvalidOperationException($"{batch.AcceptedCount} of {eventsPerBody} taken: {fault}");
    }

    static byte[] Inflate(byte[] gzip)
    {
        using var inflated = new MemoryStream();
        using var stream = new GZipStream(new MemoryStream(gzip), CompressionMode.Decompress);
        stream.CopyTo(inflated);
        return inflated.ToArray();
    }

    /// <summary>As mixpanel-browser 2.83 sends one.</summary>
    const string BrowserEvent = """
        {"event":"Purchased","properties":{"$os":"Linux","$browser":"Chrome","$referrer":"https://www.google.com/search?q=shop","$referring_domain":"www.google.com","$current_url":"https://shop.example.com/?utm_source=newsletter","$browser_version":138,"$screen_height":720,"$screen_width":1280,"mp_lib":"web","$lib_version":"2.83.0","$insert_id":"0bkajki85trzoyyu","time":1749988800.184,"distinct_id":"b-anna","$device_id":"48e0ddf6-5db4-4be1-a765-2699a7984799","$user_id":"b-anna","$initial_referrer":"$direct","$initial_referring_domain":"$direct","plan":"pro","amount":29.99,"token":"mptoken0123456789abcdef01234567","mp_sent_by_lib_version":"2.83.0"}}
        """;
}
