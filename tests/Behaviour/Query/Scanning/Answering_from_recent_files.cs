using System.Text;
using System.Text.Json;
using Cairn.Ingestion;
using Cairn.Model;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Rows;
using Cairn.Support.Ingestion;
using Cairn.Support.Query;
using Xunit;

namespace Cairn.Behaviour.Query.Scanning;

/// <summary>Reports over rows that went through the stream and into files count each event once, for the person it belongs to now.</summary>
public class Answering_from_recent_files
{
    readonly StoredProject stored = new();

    [Theory] // six messages of one event each; in which borders consumers got them
    [InlineData("0..6")]
    [InlineData("0..1 1..2 2..6")]
    [InlineData("0..4 2..6")] // redelivered in other borders
    [InlineData("0..6 0..6 3..4")]
    [InlineData("3..6 0..3")]
    public async Task Counts_each_event_once_however_it_was_delivered(string deliveries)
    {
        for (var i = 0; i < 6; i++) await stored.PublishAsync(Batches.Of().With("View", $"u{i % 4}", $$"""{"n":{{i}}}"""));
        foreach (var delivery in deliveries.Split(' '))
        {
            var borders = delivery.Split("..");
            await stored.ConsumeAsync(int.Parse(borders[0], null)..int.Parse(borders[1], null));
        }

        Assert.Equal(["6"], await stored.AskAsync(all => all));
        Assert.Equal(["4"], await stored.AskAsync(all => all with { Measure = new Measure.Uniques() }));
        Assert.Equal(["15"], await stored.AskAsync(all => all with { Measure = new Measure.Property(ExpressionParser.Parse("properties[\"n\"]"), Aggregate.Sum) }));
    }

    [Fact]
    public async Task Leaves_out_what_a_client_sent_twice()
    {
        for (var i = 0; i < 3; i++)
            await stored.PublishAsync(Batches.Of(receivedAtMs: Batches.NowMs + i).With("Buy", "ann", change: (ref Item item) => item.InsertId = Batches.Utf8("order-1")));
        await stored.ConsumeAsync(0..2);
        await stored.ConsumeAsync(2..3);

        Assert.Equal(["1"], await stored.AskAsync(all => all));
    }

    [Fact]
    public async Task Joins_what_a_link_made_later_joins()
    {
        await stored.PublishAsync(Batches.Of().With("View", "$device:d1", change: (ref Item item) => item.DeviceId = Batches.Utf8("d1")));
        await stored.PublishAsync(Batches.Of().With("View", "ann", change: (ref Item item) => item.UserId = Batches.Utf8("ann")));
        await stored.ConsumeAsync(0..2);
        Assert.Equal(["2"], await stored.AskAsync(Uniques));

        await stored.PublishAsync(Batches.Of(receivedAtMs: Batches.NowMs + 1).With("Log In", "ann", change: (ref Item item) =>
            (item.DeviceId, item.UserId) = (Batches.Utf8("d1"), Batches.Utf8("ann"))));
        await stored.ConsumeAsync(2..3);

        Assert.Equal(["1"], await stored.AskAsync(Uniques));
        Assert.Equal(["ann 3"], await stored.AskAsync(all => all with { Breakdowns = [Breakdown.Of(PropertyScope.EventField, EventField.Person)] }));
    }

    [Fact]
    public async Task Knows_a_persons_property_now_and_at_the_event()
    {
        await stored.PublishAsync(Batches.Of(receivedAtMs: Batches.NowMs).With("Before"));
        await stored.PublishAsync(Profile("""{"set":{"plan":"free"}}""", Batches.NowMs + 1));
        await stored.PublishAsync(Batches.Of(receivedAtMs: Batches.NowMs + 2).With("Between"));
        await stored.PublishAsync(Profile("""{"set":{"plan":"pro"}}""", Batches.NowMs + 3));
        await stored.PublishAsync(Batches.Of(receivedAtMs: Batches.NowMs + 4).With("After"));
        await stored.ConsumeAsync(0..stored.MessageCount);

        Assert.Equal(["pro 3"], await stored.AskAsync(all => all with { Breakdowns = [Breakdown.Of(PropertyScope.User, "plan")] }));
        Assert.Equal(["free 1", "pro 1", "undefined 1"], await stored.AskAsync(all => all with { Breakdowns = [Breakdown.Of(PropertyScope.UserAtEvent, "plan")] }));
        // Both in one question: what they pay now, by what they paid then.
        Assert.Equal(["pro free 1", "pro pro 1", "pro undefined 1"], await stored.AskAsync(all => all with
        {
            Breakdowns = [Breakdown.Of(PropertyScope.User, "plan"), Breakdown.Of(PropertyScope.UserAtEvent, "plan")],
        }));
    }

    [Fact]
    public async Task Knows_a_groups_property_now_and_at_the_event()
    {
        await stored.PublishAsync(InGroups("Before", Batches.NowMs, "\"acme\""));
        await stored.PublishAsync(Group("acme", """{"set":{"plan":"free"}}""", Batches.NowMs + 1));
        await stored.PublishAsync(InGroups("Between", Batches.NowMs + 2, "\"acme\""));
        await stored.PublishAsync(Group("acme", """{"set":{"plan":"pro"}}""", Batches.NowMs + 3));
        await stored.PublishAsync(Group("initech", """{"set":{"plan":"team"}}""", Batches.NowMs + 4));
        await stored.PublishAsync(InGroups("After", Batches.NowMs + 5, """["acme","initech"]"""));
        await stored.ConsumeAsync(0..stored.MessageCount);

        Assert.Equal(["pro 3", "team 1"], await stored.AskAsync(all => all with { Breakdowns = [OfGroup(PropertyScope.GroupProfile)] }));
        Assert.Equal(["free 1", "pro 1", "team 1", "undefined 1"], await stored.AskAsync(all => all with { Breakdowns = [OfGroup(PropertyScope.GroupProfileAtEvent)] }));
        Assert.Equal(["3"], await stored.AskAsync(all => all with { Filter = ExpressionParser.Parse("\"pro\" in list(group[\"company\"][\"plan\"])") }));
        Assert.Equal(["1"], await stored.AskAsync(all => all with { Filter = ExpressionParser.Parse("group_at_event[\"company\"][\"plan\"] == \"free\"") }));

        static Breakdown OfGroup(PropertyScope scope) => new(new Expression.Property(new(scope, "plan", "company")));

        static ItemBatch InGroups(string name, long receivedAtMs, string ids) =>
            Batches.Of(receivedAtMs: receivedAtMs).With(name, change: (ref Item item) => item.Groups = Batches.Utf8($$"""{"company":{{ids}}}"""));

        static ItemBatch Group(string id, string operations, long receivedAtMs) => Batches.Of(receivedAtMs: receivedAtMs).WithItem(ItemKind.GroupUpdate, (ref Item item) =>
            (item.Name, item.DistinctId, item.Body, item.TimeMs) = (Batches.Utf8("company"), Batches.Utf8(id), Batches.Utf8(operations), receivedAtMs));
    }

    [Fact]
    public async Task Reads_a_property_of_several_types_and_one_that_has_no_column_of_its_own()
    {
        var many = string.Join(',', Enumerable.Range(0, 2_100).Select(i => $"\"p{i:d4}\":{i}"));
        await stored.PublishAsync(Batches.Of().With("View", body: $$"""{ {{many}},"late":"x","plan":"pro"}""").With("View", body: """{"plan":1}""").With("View", body: """{"plan":true}""").With("View", body: """{"plan":["pro",2]}"""));
        await stored.ConsumeAsync(0..stored.MessageCount);

        Assert.Equal(["undefined 3", "x 1"], await stored.AskAsync(By("late")));
        Assert.Equal(["1"], await stored.AskAsync(all => all with { Filter = ExpressionParser.Parse("properties[\"p2099\"] == 2099 and properties[\"late\"] == \"x\"") }));
        Assert.Equal(["pro 2", "1 1", "2 1", "true 1"], await stored.AskAsync(By("plan")));
    }

    [Fact]
    public async Task Reads_half_an_emoji_wherever_it_stands()
    {
        var many = string.Join(',', Enumerable.Range(0, 2_000).Select(i => $"\"p{i:d4}\":1"));
        await stored.PublishAsync(Batches.Of().With("View", body: $$$"""{"list":["a\ud83d","b"],{{{many}}},"late\ud83d":"x\ud83d","nested":{"k\ud83d":"v\ud83d"}}"""));
        await stored.ConsumeAsync(0..1);

        Assert.Equal(["a\ufffd 1", "b 1"], await stored.AskAsync(By("list")));
        Assert.Equal(["x\ufffd 1"], await stored.AskAsync(By("late\ufffd")));
        var rows = new EventRows(stored.Reader).ReadAsync(new(stored.Project, TimeRange.Ever, EventSelection.Every("all")), CancellationToken.None);
        var written = new List<string>();
        await foreach (var list in rows)
        {
            using var json = new MemoryStream();
            using var writer = new Utf8JsonWriter(json);
            writer.WriteStartObject();
            list[0].WriteProperties(writer, name => name[0] != 'p');
            writer.WriteEndObject();
            writer.Flush();
            written.Add(Encoding.UTF8.GetString(json.ToArray()));
        }
        Assert.Contains("\"list\":[\"a\\ud83d\",\"b\"]", Assert.Single(written), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_value_that_reads_like_a_missing_one_shares_its_series()
    {
        await stored.PublishAsync(Batches.Of().With("View", body: """{"plan":"undefined"}""").With("View"));
        await stored.ConsumeAsync(0..1);

        Assert.Equal(["undefined 2"], await stored.AskAsync(By("plan")));
    }

    static SegmentationDefinition Uniques(SegmentationDefinition all) => all with { Measure = new Measure.Uniques() };

    static Func<SegmentationDefinition, SegmentationDefinition> By(string property) => all => all with { Breakdowns = [Breakdown.Of(PropertyScope.Event, property)] };

    static ItemBatch Profile(string operations, long receivedAtMs) => Batches.Of(receivedAtMs: receivedAtMs).WithItem(ItemKind.ProfileUpdate, (ref Item item) =>
        (item.DistinctId, item.Body, item.TimeMs) = (Batches.Utf8("ann"), Batches.Utf8(operations), receivedAtMs));
}
