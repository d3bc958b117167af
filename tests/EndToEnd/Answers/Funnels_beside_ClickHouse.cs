using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Cairn.Support;
using Xunit;

namespace Cairn.EndToEnd.Answers;

/// <summary>The bench's two funnels over the same events: sent to a running server over HTTP, and read by ClickHouse's <c>windowFunnel</c> from a file.</summary>
public sealed class Funnels_beside_ClickHouse : IAsyncLifetime
{
    const int Events = 40_000, Users = 1_000, EventsPerBody = 2_000;

    /// <summary>The makings of tests/Benchmarks/peers/generate.mjs, in little: names, plans and times as they are there.</summary>
    static readonly string Make = $"""
        create table ev as
        with e as (select i, (hash(i * 1000003 + 1) >> 11)::double / 9007199254740992.0 ru, (hash(i * 1000003 + 2) >> 11)::double / 9007199254740992.0 rt, (hash(i * 1000003 + 3) >> 11)::double / 9007199254740992.0 re from range({Events}) t(i)),
             u as (select *, floor(power(ru, 1.6) * {Users})::bigint uid from e),
             p as (select *, (hash(uid * 1000003 + 13) >> 11)::double / 9007199254740992.0 up, (hash(uid * 1000003 + 11) >> 11)::double / 9007199254740992.0 ustart from u)
        select case when re < .30 then 'Page View' when re < .42 then 'Search' when re < .55 then 'View Product' when re < .63 then 'Add to Cart'
                    when re < .67 then 'Begin Checkout' when re < .72 then 'Purchase' else 'Other' end as event,
               'u' || lpad(uid::varchar, 9, '0') as distinct_id,
               epoch_ms(1767225600000 + ((ustart * 0.7 + (1 - ustart * 0.7) * power(rt, 1.5)) * 20 * 86400000)::bigint) as time,
               'i' || lpad(i::varchar, 11, '0') as insert_id,
               case when up < .7 then 'free' when up < .92 then 'pro' else 'enterprise' end as plan
        from p
        """;

    readonly TemporaryFolder folder = new();
    RunningCairn cairn = null!;

    public async Task InitializeAsync()
    {
        await Judge.DuckDb.RunAsync(
            Make,
            $"copy (select * from ev order by time, insert_id) to '{folder["events.parquet"]}' (format parquet)",
            $"copy (select event, {{distinct_id: distinct_id, time: epoch_ms(time), \"$insert_id\": insert_id, plan: plan}} as properties from ev order by time, insert_id) to '{folder["events.ndjson"]}' (format json)");
        cairn = await RunningCairn.StartAsync();
        await ImportAsync();
    }

    public async Task DisposeAsync()
    {
        await cairn.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Both_of_the_benchs_funnels_come_to_the_same_counts()
    {
        var theirs = await Judge.ClickHouse.AskAsync([Funnel("plan", 7, "Search", "Add to Cart", "Purchase"), Funnel("'all'", 1, "Page View", "Search", "View Product", "Add to Cart", "Purchase")]);

        var byPlan = await AskAsync(7, "[\"event.plan\"]", "Search", "Add to Cart", "Purchase");
        Assert.Equal(theirs[0].Lines().Order(StringComparer.Ordinal), byPlan.Where(line => !line.StartsWith("all|", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Equal(3, theirs[0].Rows.Count);

        var five = await AskAsync(1, "[]", "Page View", "Search", "View Product", "Add to Cart", "Purchase");
        Assert.Equal(theirs[1].Lines(), five);
        // Somebody got all the way, and not everybody: the counts say something.
        Assert.Matches(@"^all\|(\d+)\|(?!\1)\d+\|\d+\|\d+\|[1-9]\d*$", five[0]);
    }

    /// <summary>Source: tests/Benchmarks/peers/questions.mjs, <c>funnel3_7d_by_plan</c> and <c>funnel5_1d</c>.</summary>
    string Funnel(string by, int days, params string[] steps)
    {
        var counts = string.Join(", ", steps.Select((_, step) => $"countIf(l >= {step + 1})"));
        var conditions = string.Join(", ", steps.Select(step => $"event = '{step}'"));
        return $"""
            select {(by == "plan" ? "p" : by)}, {counts} from
              (select distinct_id, any(plan) p, windowFunnel({days * 86_400_000L})(toUnixTimestamp64Milli(time)::UInt64, {conditions}) l
               from file('{folder["events.parquet"]}', Parquet) where event in ({string.Join(", ", steps.Select(step => $"'{step}'"))}) group by distinct_id){(by == "plan" ? " group by p order by p" : "")}
            """;
    }

    async Task<List<string>> AskAsync(int days, string breakdowns, params string[] steps)
    {
        var question = $$$"""
            {"range": {"from": "2026-01-01", "to": "2026-01-31"}, "steps": {{{JsonSerializer.Serialize(steps)}}}, "window": {"days": {{{days}}}}, "breakdowns": {{{breakdowns}}},
             "preset": "amplitude", "switches": {"ties": "same_millisecond"}}
            """;
        var answer = JsonDocument.Parse(await PostAsync("/api/v1/query/funnels", question, "application/json")).RootElement;
        return [.. answer.GetProperty("series").EnumerateArray().Select(series =>
            string.Join('|', series.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("count").ToString()).Prepend(series.GetProperty("keys").EnumerateArray().Select(key => key.GetString()!).FirstOrDefault("all"))))];
    }

    async Task ImportAsync()
    {
        foreach (var lines in File.ReadLines(folder["events.ndjson"]).Chunk(EventsPerBody)) await PostAsync("/import?strict=1", string.Join('\n', lines), "application/x-ndjson");
        const string count = """{"range": {"from": "2026-01-01", "to": "2026-01-31"}, "events": [{}], "unit": "month"}""";
        var queryable = await Eventually.AsyncUntil(
            seen => seen == Events,
            async () => JsonDocument.Parse(await PostAsync("/api/v1/query/segmentation", count, "application/json")).RootElement.GetProperty("series")[0].GetProperty("whole").GetInt64(),
            TimeSpan.FromMinutes(2));
        Assert.Equal(Events, queryable);
    }

    async Task<string> PostAsync(string path, string body, string type)
    {
        using var client = cairn.WithBasic(cairn.Keys.AccountName, cairn.Keys.AccountSecret);
        using var content = new StringContent(body, Encoding.UTF8, type);
        using var answer = await client.PostAsync(new Uri($"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}project_id={cairn.Keys.ProjectId}", UriKind.Relative), content);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, string.Create(CultureInfo.InvariantCulture, $"{path}: {(int)answer.StatusCode} {text}"));
        return text;
    }
}
