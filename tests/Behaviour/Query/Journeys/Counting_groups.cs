using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Support;
using Cairn.Support.Query;
using Xunit;

namespace Cairn.Behaviour.Query.Journeys;

/// <summary>
/// Every class of report that counts groups answers as it does for users where each group is a user, who did every event of its members: the naive way to
/// count groups is its oracle.
/// </summary>
public class Counting_groups
{
    static readonly int Worlds = FullRun.Count(8, 100);

    static readonly DateTimeOffset Start = new(2025, 6, 2, 0, 0, 0, TimeSpan.Zero), Now = new(2025, 7, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task As_if_each_group_were_a_user()
    {
        var asked = 0;
        for (var seed = 1; seed <= Worlds; seed++)
        {
            var random = new Random(seed);
            var (grouped, exploded) = (new MemoryEvents(), new MemoryEvents());
            var rowCount = random.Next(20, 150);
            // Read anew as parts come: the first is a layout's base, the others lie over it.
            await using var app = await QueryApp.StartAsync(grouped.Source, Now, columns: ColumnMemory.For(seed, rowCount));
            await using var oracle = await QueryApp.StartAsync(exploded.Source, Now);
            for (var part = 0; part < 3; part++)
            {
                var events = Enumerable.Range(0, part == 0 ? rowCount : random.Next(1, 12)).Select(_ => RandomEvent(random)).ToList();
                grouped.AddPart(events.Select(one => one.Event));
                exploded.AddPart(events.SelectMany(one => one.Groups.Length == 0 ? [one.Event with { DistinctId = null }] : one.Groups.Select(group => one.Event with { DistinctId = group })));
                foreach (var (report, question) in Questions(random))
                {
                    var ofGroups = (JsonObject)JsonNode.Parse(question)!;
                    ofGroups["count_by"] = "company";
                    var (expected, found) = (await AskAsync(oracle, report, question), await AskAsync(app, report, ofGroups.ToJsonString()));
                    Assert.True(expected == found, $"seed {seed}, part {part}, {report} {question}\nexpected {expected}\nfound    {found}");
                    asked++;
                }
            }
        }
        FullRun.Keep(this, $"{asked} questions over {Worlds} worlds: groups count as users who did what their members did");
    }

    /// <remarks>Totals are not among them: an event of two groups is one event.</remarks>
    static IEnumerable<(string Report, string Question)> Questions(Random random)
    {
        var range = $$"""{"from": "2025-06-0{{random.Next(2, 8)}}", "to": "2025-06-{{random.Next(10, 22)}}"}""";
        var breakdowns = random.Next(2) == 0 ? "[]" : """["event.n"]""";
        var preset = random.Next(2) == 0 ? "mixpanel" : "amplitude";
        yield return ("segmentation", $$"""{"range": {{range}}, "events": [{"event": "A"}, {"label": "any"}], "measure": "{{Of(random, "uniques", "average", "active_share")}}", "unit": "{{Of(random, "day", "week", "hour")}}", "breakdowns": {{breakdowns}}, "limit": 1000, "switches": {"rank_by": "measure"} }""");
        var funnel = $"\"range\": {range}, \"steps\": [\"A\", \"B\"{Of(random, "", ", \"C\"")}], \"window\": {Of(random, "{\"hours\": 5}", "{\"days\": 3}", "{\"sessions\": 1}")}, \"counting\": \"{Of(random, "uniques", "totals")}\", \"preset\": \"{preset}\"";
        yield return ("funnels", $"{{{funnel}, \"breakdowns\": {breakdowns}}}");
        yield return ("funnels", $"{{{funnel}, \"people\": {{\"who\": \"{Of(random, "reached", "dropped")}\", \"step\": 1}}}}");
        var retention = $"\"range\": {range}, \"birth\": {{\"event\": \"A\"}}, \"return\": {{\"event\": \"B\"}}, \"births\": \"{Of(random, "first_ever", "recurring", "first_in_range")}\", \"preset\": \"{preset}\"";
        yield return ("retention", $"{{{retention}, \"breakdowns\": {breakdowns}}}");
        yield return ("retention", $"{{{retention}, \"people\": {{\"bucket\": {random.Next(4)}}}}}");
        yield return ("stickiness", $$"""{"range": {{range}}, "events": [{"event": "B"}], "unit": "{{Of(random, "week", "month")}}", "breakdowns": {{breakdowns}}, "preset": "{{preset}}"}""");
        yield return ("lifecycle", $$"""{"range": {{range}}, "events": [{"event": "A"}, {"event": "C"}], "unit": "{{Of(random, "day", "week")}}"}""");
        yield return ("cohorts", $$"""{"condition": {"all": [{"did": "A", "value": {{random.Next(1, 4)}}, "measure": "{{Of(random, "count", "days")}}"}, {"did_not": "{{Of(random, "B", "C", "D")}}"}]} }""");
        yield return ("revenue", $$"""{"range": {{range}}, "events": [{"event": "A"}], "amount": ["event.n"], "breakdowns": {{breakdowns}}}""");
        yield return ("lifetime-value", $$"""{"range": {{range}}, "events": [{"event": "A"}], "amount": ["event.n"]}""");
        yield return ("composition", $$"""{"range": {{range}}, "by": ["event.n"]}""");
        yield return ("flows", $$"""{"range": {{range}}, "anchors": ["A"], "forward": 2, "reverse": 1}""");
        yield return ("sessions", $$"""{"range": {{range}}}""");
        yield return ("cohorts", """{"condition": {"any": [{"sequence": ["A", "B"], "in": {"hours": 9}}, {"not": {"did": "C"}}]}}""");
    }

    static string Of(Random random, params string[] words) => words[random.Next(words.Length)];

    static (MemoryEvent Event, string[] Groups) RandomEvent(Random random)
    {
        string[] groups = [.. Enumerable.Range(0, random.Next(4)).Select(_ => $"company {random.Next(6)}")];
        // Many at the same moment: their order within a group must not depend on which of its members did what.
        var time = Start.AddHours(random.Next(3) == 0 ? random.Next(5) : random.Next(20 * 24));
        var made = new MemoryEvent(Of(random, "A", "B", "C"), time, $"u{random.Next(9)}", $$"""{"n": {{random.Next(3)}}}""") { InsertId = $"i{random.Next(1_000_000)}" };
        var json = groups.Length == 1 && random.Next(2) == 0 ? JsonSerializer.Serialize(groups[0]) : JsonSerializer.Serialize(groups);
        return (groups.Length == 0 && random.Next(2) == 0 ? made : made with { Groups = $$"""{"company": {{json}}}""" }, [.. groups.Distinct()]);
    }

    static async Task<string> AskAsync(QueryApp app, string report, string question)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/query/{report}") { Content = new StringContent(question, Encoding.UTF8, "application/json") };
        using var response = await app.SendAsync(QueryApp.ServiceAccount, request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{report} {question}: {text}");
        var answer = (JsonObject)JsonNode.Parse(text)!;
        answer.Remove("coverage");
        return answer.ToJsonString();
    }
}
