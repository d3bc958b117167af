using System.Net;
using System.Text;
using Cairn.Behaviour.Storage;
using Cairn.Model.Identity;
using Cairn.Query.ClickHouse;
using Cairn.Query.Definitions;
using Cairn.Query.Segmentation;
using Cairn.Query.Stickiness;
using Cairn.Storage;
using Cairn.Support;
using Cairn.Support.Query;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using Xunit;

namespace Cairn.Behaviour.Query.ClickHouse;

/// <summary>The client of ClickHouse's HTTP interface, and what becomes of reports where the server is slow, wrong or away.</summary>
public sealed class Talking_to_a_server(ClickHouseFixture clickHouse) : IClassFixture<ClickHouseFixture>
{
    static readonly DateTimeOffset At = new(2025, 3, 28, 12, 0, 0, TimeSpan.Zero);

    ClickHouseOptions Options => new(clickHouse.Server.Url, "cairn", "secret", new ClickHouseLake.Folder("/"), FallsBack: false);

    [Fact]
    public async Task Gives_rows_as_they_are_and_what_they_cost()
    {
        using var client = new ClickHouseClient();
        var cost = new QueryCost();
        var rows = new List<string>();
        await foreach (var row in client.AskAsync(Options, new(Sql.Of($"select number, {"ä\t'\\\0"}, null, 0.1 from numbers(100000) where number in ({99_999L}, 7)"), [], -1), cost, default))
            rows.Add(string.Join('|', row.Select(value => value.GetRawText())));

        Assert.Equal(["7|\"ä\\t'\\\\\\u0000\"|null|0.1", "99999|\"ä\\t'\\\\\\u0000\"|null|0.1"], rows);
        Assert.True(cost.Rows >= 2, $"{cost.Rows} rows");
    }

    [Fact]
    public async Task Sends_tables_along()
    {
        using var client = new ClickHouseClient();
        var rows = new List<string>();
        var statement = new ClickHouseStatement(Sql.Of($"select id, to from ids order by id"), [new("ids", "id String, to String", ["b\tq\\'\\\\", "a\tx"])], -1);
        await foreach (var row in client.AskAsync(Options, statement, new(), default)) rows.Add(string.Join('|', row.Select(value => value.GetString())));

        Assert.Equal(["a|x", "b|q'\\"], rows);
    }

    [Fact]
    public async Task Tells_an_error_by_its_name_and_no_words_of_the_data()
    {
        using var client = new ClickHouseClient();
        var fault = await Assert.ThrowsAsync<ClickHouseException>(async () =>
        {
            await foreach (var _ in client.AskAsync(Options, new(Sql.Of($"select toInt64({"ann@example.com"})"), [], -1), new(), default)) { }
        });

        Assert.Equal(6, fault.Code);
        Assert.Contains("CANNOT_PARSE_TEXT", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("ann@example.com", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stops_what_takes_too_long_or_is_called_off()
    {
        using var client = new ClickHouseClient();
        var slow = new ClickHouseStatement(Sql.Of($"select sleep(2)"), [], -1);
        async Task AskAsync(ClickHouseOptions options, CancellationToken cancelled)
        {
            await foreach (var _ in client.AskAsync(options, slow, new(), cancelled)) { }
        }

        var late = await Assert.ThrowsAsync<ClickHouseException>(() => AskAsync(Options with { Timeout = TimeSpan.FromMilliseconds(200) }, default));
        using var calledOff = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAsync<OperationCanceledException>(() => AskAsync(Options, calledOff.Token));

        Assert.True(late.IsPassing);
        var kills = (await clickHouse.Server.AskedAsync()).Count(statement => statement.Sql.StartsWith("KILL QUERY", StringComparison.Ordinal));
        Assert.Equal(2, kills);
    }

    [Fact]
    public async Task Is_taken_over_by_the_built_in_engine_only_where_that_is_set()
    {
        using var world = new ClickHouseWorld(clickHouse.Server);
        await world.AddAsync([new("Buy", At, "ann", """{"tags":["a"]}""")]);
        var lists = Definition() with { Breakdowns = [Breakdown.Of(Cairn.Query.Filters.PropertyScope.Event, "tags")] };
        Task<SegmentationAnswer> AskAsync(SegmentationDefinition definition) => new SegmentationReport(world.Here, TimeProvider.System, world.There).AnswerAsync(definition, default);

        var refused = await Assert.ThrowsAsync<DefinitionException>(() => AskAsync(lists));
        world.Options = world.Options with { FallsBack = true };
        var answered = await AskAsync(lists);

        Assert.Contains("event.tags", refused.Message, StringComparison.Ordinal);
        Assert.Null(answered.Coverage.Engine);
        Assert.Equal(refused.Message, answered.Coverage.InsteadOf);
        Assert.Equal(["a"], answered.Series.SelectMany(series => series.Keys));

        var nowhere = world.Options with { Url = new("http://127.0.0.1:1/") };
        world.Options = nowhere;
        Assert.Contains("does not answer", (await AskAsync(Definition())).Coverage.InsteadOf, StringComparison.Ordinal);
        Assert.False(await world.There.IsThereAsync(nowhere, default));
        world.Options = nowhere with { FallsBack = false };
        await Assert.ThrowsAsync<StorageUnavailableException>(() => AskAsync(Definition()));
        Assert.True(await world.There.IsThereAsync(Options, default));
    }

    [Fact]
    public async Task Leaves_reports_that_are_not_put_into_SQL_to_the_built_in_engine_by_name()
    {
        using var world = new ClickHouseWorld(clickHouse.Server);
        await world.AddAsync([new("Buy", At, "ann")]);
        var project = Definition().Project;
        var stickiness = new StickinessDefinition { Project = project, Range = Definition().Range, Now = Definition().Now, Events = [EventSelection.Named("Buy")], Switches = Switches.Mixpanel };
        Task<StickinessAnswer> AskAsync() => new StickinessReport(world.Here, TimeProvider.System, world.There).AnswerAsync(stickiness, default);

        var refused = await Assert.ThrowsAsync<DefinitionException>(AskAsync);
        world.Options = world.Options with { FallsBack = true };

        Assert.Equal("ClickHouse is not asked: stickiness", refused.Message);
        Assert.Equal(refused.Message, (await AskAsync()).Coverage.InsteadOf);
    }

    [Fact]
    public async Task Leaves_a_lake_that_still_has_rows_of_erased_people_to_the_built_in_engine()
    {
        using var world = new ClickHouseWorld(clickHouse.Server, fallsBack: true);
        await world.AddAsync([new("Buy", At, "ann"), new("Buy", At, "bob")]);
        world.HasErased = true;
        var answer = await new SegmentationReport(world.Here, TimeProvider.System, world.There).AnswerAsync(Definition(), default);

        Assert.Equal(1, Assert.Single(answer.Series).Whole);
        Assert.Contains("erased", answer.Coverage.InsteadOf, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reads_a_lake_in_a_storage_account()
    {
        await using var azurite = await Azurite.StartAsync();
        var container = Stores.NewName();
        await using var services = Stores.Connect(new() { ["Storage"] = azurite.ConnectionString, ["Storage:container"] = container });
        var place = new ClickHouseLake.Azure($"DefaultEndpointsProtocol=http;{azurite.ConnectionString}", container, null);
        using var world = new ClickHouseWorld(clickHouse.Server, blobs: services.GetRequiredService<IBlobStore>(), place: place);
        await world.AddAsync([new("Buy", At, "ann"), new("Buy", At, "bob"), new("Buy", At, "cid")]);
        var report = new SegmentationReport(world.Here, TimeProvider.System, world.There);
        var persons = Definition() with { Measure = new Measure.Uniques() };
        var before = await world.AskAsync("before", () => report.AnswerAsync(persons, default));
        world.Link("ann", "bob");
        var after = await world.AskAsync("after", () => report.AnswerAsync(persons, default));

        Assert.Equal((3.0, 2.0), (Assert.Single(before.Series).Whole, Assert.Single(after.Series).Whole));
        Assert.Equal("clickhouse", after.Coverage.Engine);
    }

    [Fact]
    public async Task Takes_a_line_that_is_no_row_for_an_error()
    {
        using var listener = new HttpListener();
        var port = FreePort();
        listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        listener.Start();
        var answering = Task.Run(async () =>
        {
            var context = await listener.GetContextAsync();
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes("[1]\nCode: 241. DB::Exception: Memory limit exceeded: would use 9 GiB. (MEMORY_LIMIT_EXCEEDED)\n"));
            context.Response.Close();
        });
        using var client = new ClickHouseClient();
        var fault = await Assert.ThrowsAsync<ClickHouseException>(async () =>
        {
            await foreach (var _ in client.AskAsync(Options with { Url = new($"http://127.0.0.1:{port}/") }, new(Sql.Of($"select 1"), [], -1), new(), default)) { }
        });
        await answering;

        Assert.Equal((241, true), (fault.Code, fault.IsPassing));
    }

    [Fact]
    public async Task Explains_what_it_would_ask_and_keeps_secrets()
    {
        using var world = new ClickHouseWorld(clickHouse.Server);
        await world.AddAsync([new("Buy", At, "ann", """{"plan":"pro"}""")]);
        world.Options = world.Options with { Lake = new ClickHouseLake.Azure("AccountKey=c2VjcmV0", "cairn", "six_nodes") };
        var definition = Definition() with { Breakdowns = [Breakdown.Of(Cairn.Query.Filters.PropertyScope.Event, "plan")] };

        var there = await new SegmentationReport(world.Here, TimeProvider.System, world.There).ExplainAsync(definition, default);
        var here = await new SegmentationReport(world.Here, TimeProvider.System).ExplainAsync(definition, default);

        var statement = Assert.Single(there.Statements);
        Assert.Contains("deltaLakeAzureCluster({", statement.Sql, StringComparison.Ordinal);
        Assert.Contains("six_nodes", statement.Parameters.Values);
        Assert.DoesNotContain(statement.Parameters.Values, value => value.Contains("c2VjcmV0", StringComparison.Ordinal));
        Assert.Equal(("builtin", 1), (here.Engine, Assert.Single(here.Files).Rows));
        Assert.Contains(here.Columns, column => column.Name == "s.plan");
    }

    /// <summary>No cluster runs here: that its statement is this text is all that is checked of one.</summary>
    [Fact]
    public async Task Asks_a_cluster_the_same_by_its_name()
    {
        using var world = new ClickHouseWorld(clickHouse.Server);
        await world.AddAsync([new("Buy", At, "ann")]);
        world.Options = world.Options with { Lake = new ClickHouseLake.Azure("AccountKey=c2VjcmV0", "cairn", "six_nodes") };

        var statement = Assert.Single((await new SegmentationReport(world.Here, TimeProvider.System, world.There).ExplainAsync(Definition(), default)).Statements);

        Assert.Equal(
            """
            select line, keys, window, count() as totals, toFloat64(count()) as result
            from (
                select line, multiIf(line = {p1:Int64}, CAST([], 'Array(String)'), CAST([], 'Array(String)')) as keys, arrayJoin([{p2:Int64}, bucket]) as window, '' as who, 0 as value
                from (select *, arrayJoin(arrayFilter(met -> met >= 0, [if(has({p3:Array(String)}, name), {p1:Int64}, -1)])) as line, transform(roundDown(ms, {p4:Array(Int64)}), {p4:Array(Int64)}, {p5:Array(Int64)}, toInt64(-1)) as bucket from (select toUnixTimestamp64Milli(lake.time) as ms, ifNull(lake.event, '') as name from deltaLakeAzureCluster({p6:String}, {p7:String}, {p8:String}, {p9:String}) as lake where toUnixTimestamp64Milli(lake.time) >= {p10:Int64} and toUnixTimestamp64Milli(lake.time) < {p11:Int64} and lake.month >= {p12:String} and lake.month <= {p12:String} and lake.time >= fromUnixTimestamp64Milli({p10:Int64}) and lake.time <= fromUnixTimestamp64Milli({p11:Int64})) where 1)
                where 1
            )
            group by line, keys, window
            """, statement.Sql);
        Assert.Equal(["0", "-1", "['Buy']", "[1743120000000]", "[0]", "six_nodes", "…", "cairn", "lake/p1/events", "1743120000000", "1743206400000", "2025-03"], statement.Parameters.Values);
        Assert.Empty(statement.Tables);
    }

    static int FreePort()
    {
        using var socket = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }

    static SegmentationDefinition Definition()
    {
        var project = new ReportProject(Cairn.Support.Lake.LakeWorld.ProjectId, IdentityMode.Simplified, DateTimeZone.Utc);
        return new()
        {
            Project = project,
            Range = project.Days(new(2025, 3, 28), new(2025, 3, 28)),
            Now = Instant.FromUtc(2025, 5, 1, 0, 0),
            Events = [EventSelection.Named("Buy")],
            Switches = Switches.Mixpanel,
        };
    }
}
