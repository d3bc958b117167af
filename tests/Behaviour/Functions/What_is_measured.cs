using System.Diagnostics;
using System.Text.RegularExpressions;
using Cairn.Cloud;
using Cairn.Ingestion;
using Cairn.Ingestion.Streaming;
using Cairn.Storage.Compaction;
using Cairn.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Cairn.Behaviour.Functions;

/// <summary>What an operator can watch: docs/operations/monitoring.md has every instrument, and each measures what it says in the running app.</summary>
public sealed class What_is_measured
{
    const string Page = "docs/operations/monitoring.md";

    /// <summary>Measured where a storage account is behind the ports (Cloud/Asking_a_storage_account_that_fails), where a table is damaged (Projects/Compaction), and where erased people's events come again.</summary>
    static readonly string[] MeasuredElsewhere = ["cairn.storage.requests", "cairn.compaction.faults", "cairn.erasure.dropped"];

    static IEnumerable<string> Listed => DocTable.Rows(Page, "| instrument | unit | by | what |").SelectMany(row => row[0].Split(", ")).Select(name => name.Trim('`'));

    static IEnumerable<string> InCode => Directory.GetFiles(RepositoryFolder.Of("src"), "*.cs", SearchOption.AllDirectories)
        .SelectMany(file => Regex.Matches(File.ReadAllText(file), @"\.Create\w+(?:<\w+>)?\(""(cairn\.[\w.]+)""")).Select(match => match.Groups[1].Value);

    [Fact]
    public void Stands_in_the_page_about_monitoring() => Assert.Equal(InCode.Order(StringComparer.Ordinal), Listed.Order(StringComparer.Ordinal));

    [Fact]
    public async Task Is_told_while_events_come_in_are_stored_compacted_and_asked_for()
    {
        var spans = new System.Collections.Concurrent.ConcurrentBag<string>();
        using var traces = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Cairn",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity => spans.Add(activity.OperationName),
        };
        ActivitySource.AddActivityListener(traces);
        using var measured = new Measurements();
        // Rows go into the lake at once, and recent files soon after: else that takes ten minutes.
        await using var app = await ProjectsApp.StartAsync(services => services.AddSingleton(CompactionLimits.Default with { AppendAfter = TimeSpan.Zero, KeepRecentFor = TimeSpan.FromSeconds(1) }));
        var stream = app.Services.GetRequiredService<IEventStream>();

        await app.SendAsync("POST", "/track", 
            $$"""[{"event":"Measured","properties":{"token":"{{app.Keys.Token}}","distinct_id":"ann"} },{"event":"","properties":{"token":"{{app.Keys.Token}}"} }]""");
        await stream.SendAsync(0, ["no message of ours"u8.ToArray()], default);
        await app.Services.GetRequiredService<Spool>().StoreAsync(0, ["no message either"u8.ToArray()], default);
        foreach (var job in new[] { "ReplaySpool", "EventsByNameSchedule" }) await app.SendAsync("POST", $"/admin/functions/{job}", "{}");
        var today = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        await Eventually.AsyncUntil(reply => reply.Body.Contains("Measured", StringComparison.Ordinal), () =>
            app.SendAsync("GET", $"/api/query/segmentation?event=Measured&from_date={today}&to_date={today}", authorization: ProjectsApp.Basic(app.Keys.ApiSecret, "")));
        (string Name, string Tags)[] expected =
        [
            ("cairn.ingest.records", "dialect=mixpanel reason=None"), ("cairn.ingest.records", "dialect=mixpanel reason=MissingName"),
            ("cairn.consumer.rows", "kind=Event"), ("cairn.compaction.rows", "table=events became=appended"),
            ("cairn.query.duration", "api=mixpanel"), ("cairn.query.cache", "result=miss"), ("cairn.job.duration", "job=CompactLake end=Well"),
        ];
        await Eventually.AsyncUntil(
            there => there,
            async () =>
            {
                await app.SendAsync("POST", "/admin/functions/CompactLake", "{}");
                return !NotSeen(measured).Any() && expected.All(one => measured.Seen.Any(seen => seen.Name == one.Name && seen.Tags == one.Tags));
            },
            TimeSpan.FromSeconds(90));

        Assert.Empty(NotSeen(measured));
        foreach (var (name, tags) in expected) Assert.Contains(measured.Seen, one => one.Name == name && one.Tags == tags);
        Assert.All(measured.Seen.Where(one => one.Name is "cairn.consumer.lag" or "cairn.consumer.freshness"), one => Assert.InRange(one.Value, 0, 120));
        Assert.Contains("consume", spans);
        Assert.Contains("compact", spans);
    }

    static IEnumerable<string> NotSeen(Measurements measured) => InCode.Except(measured.Seen.Select(one => one.Name)).Except(MeasuredElsewhere);

    [Theory]
    [InlineData("PUT", "", "write")]
    [InlineData("PUT", "?comp=block&blockid=1", "write")]
    [InlineData("PUT", "?comp=blocklist", "write")]
    [InlineData("PUT", "?comp=lease", "read")]
    [InlineData("PUT", "?restype=container", "list")]
    [InlineData("GET", "?restype=container&comp=list&prefix=a", "list")]
    [InlineData("GET", "?comp=blocklist", "read")]
    [InlineData("GET", "", "read")]
    [InlineData("HEAD", "", "read")]
    [InlineData("DELETE", "", "delete")]
    public void Requests_for_blobs_are_of_the_kinds_that_are_billed(string method, string query, string kind) => Assert.Equal(kind, StorageMeter.OfBlobs(method, query));

    [Theory]
    [InlineData("POST", "/$batch", "batch")]
    [InlineData("POST", "/Tables", "write")]
    [InlineData("GET", "/keys(PartitionKey='a',RowKey='b')", "read")]
    [InlineData("GET", "/keys()", "scan")]
    [InlineData("DELETE", "/keys(PartitionKey='a',RowKey='b')", "delete")]
    public void Requests_for_rows_are_of_the_kinds_that_are_billed(string method, string path, string kind) => Assert.Equal(kind, StorageMeter.OfTables(method, path));
}
