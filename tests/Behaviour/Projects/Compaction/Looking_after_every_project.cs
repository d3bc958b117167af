using Cairn.Behaviour.Functions;
using Cairn.Behaviour.Storage.Compaction;
using Cairn.Model;
using Cairn.Projects.Compaction;
using Cairn.Projects.Jobs;
using Cairn.Projects.Keys;
using Cairn.Storage;
using Cairn.Storage.Compaction;
using Cairn.Storage.Compaction.BuiltTables;
using Cairn.Storage.Identity;
using Cairn.Storage.Lake;
using Cairn.Storage.Profiles;
using Cairn.Storage.Rows;
using Cairn.Support;
using Cairn.Support.Ingestion;
using Cairn.Support.Stores;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Cairn.Behaviour.Projects.Compaction;

public class Looking_after_every_project
{
    readonly SomeKeys app = new();
    readonly FaultyBlobStore blobs;
    readonly LakeTables tables;
    readonly CompactionSchedule schedule;

    public Looking_after_every_project()
    {
        blobs = new(new InMemoryBlobStore(app.Clock));
        tables = new(blobs, app.Clock);
        schedule = Schedule(CompactionLimits.Default with { AppendAfter = TimeSpan.Zero });
    }

    CompactionSchedule Schedule(CompactionLimits limits)
    {
        var rows = new LakeSnapshots(blobs, new ColumnCache(1 << 22), tables);
        var persons = new PersonDirectory(rows);
        var compaction = new LakeCompaction(blobs, tables, persons, rows, app.Clock, limits);
        var people = new PeopleTables(blobs, tables, rows, persons, new ProfileDirectory(rows), app.Clock);
        return new(app.Projects, compaction, people, blobs, app.Clock, NullLogger<CompactionSchedule>.Instance);
    }

    [Fact]
    public async Task Every_projects_rows_go_into_its_own_lake()
    {
        var (shop, blog) = (await app.ProjectAsync("Shop"), await app.ProjectAsync("Blog"));
        await ArriveAsync(shop, 3);
        await ArriveAsync(blog, 5);
        await schedule.RunAsync(default);
        Assert.Equal((3, 5), (await RowsAsync(shop), await RowsAsync(blog)));
    }

    [Fact]
    public async Task What_is_wrong_with_one_stops_no_other_and_can_be_seen()
    {
        var (shop, blog) = (await app.ProjectAsync("Shop"), await app.ProjectAsync("Blog"));
        await blobs.PutAsync($"lake/{shop.Id}/events/_delta_log/00000000000000000000.json", "torn"u8.ToArray(), PutCondition.None, default);
        await ArriveAsync(shop, 3);
        await ArriveAsync(blog, 5);
        using var measured = new Measurements();
        Assert.Equal(JobEnd.Partly, await schedule.RunAsync(default));
        Assert.Contains(measured.Seen, one => one.Name == "cairn.compaction.faults" && one.Tags == "table=events");
        Assert.Equal(5, await RowsAsync(blog));
        var progress = new ProgressStore(blobs);
        Assert.Contains("00000000000000000000.json", (await progress.ReadAsync(shop.Id, RowLayout.Events, default)).Fault, StringComparison.Ordinal);
        var well = await progress.ReadAsync(blog.Id, RowLayout.Events, default);
        Assert.Equal((null, 5, 5, 0), (well.Fault, well.Rows, well.Totals.AppendedRows, well.WaitingFiles));
    }

    [Fact]
    public async Task A_progress_that_is_torn_stops_no_other()
    {
        var projects = new[] { await app.ProjectAsync("Shop"), await app.ProjectAsync("Blog") }.OrderBy(project => project.Id, StringComparer.Ordinal).ToArray();
        await blobs.PutAsync($"compaction/{projects[0].Id}/events.json", "{\"version\": 1, \"cont"u8.ToArray(), PutCondition.None, default);
        foreach (var project in projects) await ArriveAsync(project, 3);
        await schedule.RunAsync(default);
        Assert.Equal((0, 3), (await RowsAsync(projects[0]), await RowsAsync(projects[1])));
        await schedule.RunAsync(default);
        Assert.Equal((3, 3), (await RowsAsync(projects[0]), await RowsAsync(projects[1])));
    }

    [Fact]
    public async Task Only_one_instance_at_a_time_looks_after_them()
    {
        var shop = await app.ProjectAsync();
        await ArriveAsync(shop, 3);
        await using (await blobs.TryLeaseAsync(CompactionSchedule.LeaseName, TimeSpan.FromSeconds(60), default))
        {
            await schedule.RunAsync(default);
            Assert.Equal(0, await RowsAsync(shop));
        }
        await schedule.RunAsync(default);
        Assert.Equal(3, await RowsAsync(shop));
    }

    [Fact]
    public async Task Dates_past_a_projects_retention_go()
    {
        var shop = await app.Projects.CreateAsync(new ProjectChange("Shop", Retention: new Retention(30)), default);
        await ArriveAsync(shop, 3, app.Clock.GetUtcNow().AddDays(-40));
        await ArriveAsync(shop, 4, app.Clock.GetUtcNow().AddDays(-10));
        await schedule.RunAsync(default);
        Assert.Equal(4, await RowsAsync(shop));
        Assert.Equal(1, (await new ProgressStore(blobs).ReadAsync(shop.Id, RowLayout.Events, default)).Totals.ExpiredFiles);
    }

    [Fact]
    public async Task A_backlog_is_worked_off_in_one_run()
    {
        var shop = await app.ProjectAsync();
        for (var batch = 0; batch < 30; batch++) await ArriveAsync(shop, 10, app.Clock.GetUtcNow().AddDays(-batch));
        await Schedule(CompactionLimits.Default with { AppendAfter = TimeSpan.Zero, MaxAppendRows = 25 }).RunAsync(default);
        Assert.Equal(300, await RowsAsync(shop));
    }

    [Fact]
    public async Task Who_there_is_becomes_a_table_at_most_once_an_hour()
    {
        var shop = await app.ProjectAsync();
        await ArriveAsync(shop, 3);
        await schedule.RunAsync(default);
        var first = (await tables[shop.Id, LakeLayout.Persons].ReadAsync(default))!;
        Assert.Equal(1, Assert.Single(first.Files.Values).Statistics!.RowCount);
        await ArriveAsync(shop, 3);
        app.Clock.Advance(TimeSpan.FromMinutes(59));
        await schedule.RunAsync(default);
        Assert.Equal(first.Version, (await tables[shop.Id, LakeLayout.Persons].ReadAsync(default))!.Version);
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        await schedule.RunAsync(default);
        Assert.Equal(first.Version + 1, (await tables[shop.Id, LakeLayout.Persons].ReadAsync(default))!.Version);
        // Nothing has come: what is there stays.
        app.Clock.Advance(TimeSpan.FromHours(5));
        await schedule.RunAsync(default);
        Assert.Equal(first.Version + 1, (await tables[shop.Id, LakeLayout.Persons].ReadAsync(default))!.Version);
    }

    [Fact]
    public void Settings_are_what_their_page_says()
    {
        var page = DocTable.Rows("docs/operations/settings.md", "| setting | where | what |").ToDictionary(row => row[0], row => row[2].Replace(",", "", StringComparison.Ordinal));
        var limits = CompactionSettings.Read(null);
        Assert.EndsWith($"; {limits.MaxAppendRows}", page["Compaction__MaxRowsAtOnce"], StringComparison.Ordinal);
        Assert.Equal(2 * limits.MaxAppendRows, limits.Files.MaxRowsAtOnce);
        Assert.EndsWith($"; {limits.AppendAfter}", page["Compaction__AppendAfter"], StringComparison.Ordinal);
        Assert.EndsWith($"; {limits.KeepRecentFor}", page["Compaction__KeepRecentFor"], StringComparison.Ordinal);
        var changed = CompactionSettings.Read(Settings(("Compaction:MaxRowsAtOnce", "1000"), ("Compaction:AppendAfter", "00:00:05"), ("Compaction:KeepRecentFor", "01:00:00")));
        Assert.Equal((1000, 2000, TimeSpan.FromSeconds(5), TimeSpan.FromHours(1)), (changed.MaxAppendRows, changed.Files.MaxRowsAtOnce, changed.AppendAfter, changed.KeepRecentFor));
        Assert.Contains("Compaction__KeepRecentFor", Assert.Throws<FormatException>(() => CompactionSettings.Read(Settings(("Compaction:KeepRecentFor", "10")))).Message, StringComparison.Ordinal);
        Assert.Contains("Compaction__AppendAfter", Assert.Throws<FormatException>(() => CompactionSettings.Read(Settings(("Compaction:AppendAfter", "soon")))).Message, StringComparison.Ordinal);
    }

    int seq;

    async Task ArriveAsync(Project project, int events, DateTimeOffset? time = null)
    {
        var timeMs = (time ?? app.Clock.GetUtcNow()).ToUnixTimeMilliseconds();
        await new StoredStream(blobs, project.Id, 1, firstSeq: seq++).ArriveAsync(0, Enumerable.Range(0, events).Select(index => new Item
        {
            Kind = ItemKind.Event,
            Dialect = Dialect.Mixpanel,
            Id = new(1, (uint)seq, index),
            Name = Batches.Utf8("view"),
            DistinctId = Batches.Utf8("ann"),
            Body = Batches.Utf8("{}"),
            TimeMs = timeMs,
            SentTimeMs = timeMs,
            ReceivedAtMs = app.Clock.GetUtcNow().ToUnixTimeMilliseconds(),
        }), perMessage: events);
    }

    async Task<long> RowsAsync(Project project) =>
        await tables[project.Id, RowLayout.Events].ReadAsync(default) is { } version ? version.Files.Values.Sum(file => file.Statistics!.RowCount!.Value) : 0;

    static IConfiguration Settings(params (string Name, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create<string, string?>(setting.Name, setting.Value))).Build();
}
