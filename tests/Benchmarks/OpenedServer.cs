using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Cairn.Storage.Lake;
using Cairn.Storage.Rows;
using Cairn.Support;

namespace Cairn.Benchmarks;

/// <summary>What a server holds whose project has many events: idle, once the first report is answered after a start, and once the bench's questions are.</summary>
sealed class OpenedServer : IBenchmark
{
    const string Range = "{\"from\": \"2026-01-01\", \"to\": \"2026-03-31\"}";

    static readonly (string Name, string Report, string Body)[] Questions =
    [
        ("daily_count", "segmentation", """{"range": RANGE, "events": [{"event": "Purchase"}]}"""),
        ("daily_uniques_by_country", "segmentation", """{"range": RANGE, "events": [{"event": "Page View"}], "measure": "uniques", "breakdowns": ["event.country"]}"""),
        ("funnel3_7d_by_plan", "funnels", """{"range": RANGE, "steps": ["Search", "Add to Cart", "Purchase"], "window": {"days": 7}, "breakdowns": ["event.plan"]}"""),
        ("funnel5_1d", "funnels", """{"range": RANGE, "steps": ["Page View", "Search", "View Product", "Add to Cart", "Purchase"], "window": {"days": 1}}"""),
        ("retention_30d", "retention", """{"range": RANGE, "birth": {"event": "Sign Up"}, "return": {"label": "any"}, "buckets": 30}"""),
        ("behavioural_cohort", "cohorts", """{"condition": {"all": [{"did": "Purchase", "value": 2, "within": {"from": "2026-03-02"}}, {"did_not": "Log In", "within": {"from": "2026-03-02"}}]}, "limit": 1}"""),
        ("revenue_by_month_country", "segmentation", """{"range": RANGE, "unit": "month", "events": [{"event": "Purchase"}], "measure": {"aggregate": "sum", "of": "event.revenue"}, "breakdowns": ["event.country"]}"""),
        ("weekly_active_users", "segmentation", """{"range": RANGE, "unit": "week", "events": [{"label": "any"}], "measure": "uniques"}"""),
    ];

    public string Name => "opened";

    public string Says => "a running server over a lake of bench events: memory idle, with the first report answered, and with the bench's questions answered, each over HTTP; [events=20000000] [seconds of rest=20]";

    public async Task RunAsync(IReadOnlyList<string> arguments, TextWriter report)
    {
        var events = arguments.Count > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 20_000_000;
        var rest = arguments.Count > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 20;
        await using var cairn = await RunningCairn.StartAsync();
        var blobs = Path.Combine(cairn.DataFolder, "blobs");
        cairn.Kill();
        Link(Path.Combine(await BenchLake.FolderAsync(events), LakeLayout.RootOf(OneProject.Bench.ProjectId, RowLayout.Events)), Path.Combine(blobs, LakeLayout.RootOf(cairn.Keys.ProjectId, RowLayout.Events)));
        await cairn.StartAgainAsync();
        using var client = cairn.WithBasic(cairn.Keys.AccountName, cairn.Keys.AccountSecret);
        report.WriteLine($"{events:N0} events; {Memory("idle")}");
        for (var round = 1; round <= 3; round++)
            foreach (var (name, kind, body) in Questions)
            {
                var (clock, cpu) = (Stopwatch.StartNew(), cairn.ProcessorTime);
                using var answer = await client.PostAsync(new Uri($"/api/v1/query/{kind}", UriKind.Relative), JsonContent.Create(JsonNode.Parse(body.Replace("RANGE", Range, StringComparison.Ordinal))));
                var text = await answer.Content.ReadAsStringAsync();
                if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"{name}: {answer.StatusCode} {text}");
                report.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{round} {name,-26} {clock.Elapsed.TotalMilliseconds,8:F1} ms ({(cairn.ProcessorTime - cpu).TotalMilliseconds,8:F1} processor)   {Memory("")}"));
            }
        await Task.Delay(TimeSpan.FromSeconds(rest));
        report.WriteLine(Memory($"{rest} s later"));

        string Memory(string when) => string.Create(CultureInfo.InvariantCulture, $"{when}: resident {cairn.ResidentBytes >> 20} MiB, at most so far {cairn.PeakResidentBytes >> 20} MiB").TrimStart(':', ' ');
    }

    /// <summary>Files as hard links, so that the server may remove its own without a copy of all being made.</summary>
    static void Link(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            using var link = Process.Start("ln", [file, copy]);
            link.WaitForExit();
            if (link.ExitCode != 0) throw new IOException($"ln {file} {copy} ended with {link.ExitCode}");
        }
    }
}
