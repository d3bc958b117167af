using Cairn.Ingestion;
using Cairn.Model;
using Cairn.Support.Ingest;
using Xunit;

namespace Cairn.Behaviour.Ingestion.Mixpanel;

public class Translating_updates
{
    [Theory]
    [InlineData("\"$set\":{\"plan\":\"pro\",\"n\":1.50}", """{"set":{"plan":"pro","n":1.50}}""")]
    [InlineData("\"$set_once\":{\"first\":null}", """{"set_once":{"first":null}}""")]
    [InlineData("\"$add\":{\"a\":-3,\"b\":1e2}", """{"add":{"a":-3,"b":1e2}}""")]
    [InlineData("\"$append\":{\"a\":\"x\",\"b\":{\"$amount\":1}}", """{"append":{"a":"x","b":{"$amount":1}}}""")]
    [InlineData("\"$append\":{\"a\":[1,2]}", """{"append":{"a":[[1,2]]}}""")] // a list appended is one element
    [InlineData("\"$union\":{\"a\":[1,2],\"b\":\"x\"}", """{"union":{"a":[1,2],"b":"x"}}""")]
    [InlineData("\"$remove\":{\"a\":\"x\"}", """{"remove":{"a":"x"}}""")]
    [InlineData("\"$unset\":[\"a\",\"b\"]", """{"unset":["a","b"]}""")]
    [InlineData("\"$unset\":\"a\"", """{"unset":["a"]}""")]
    [InlineData("\"$unset\":[\"a\",5,[\"b\"],{\"c\":1}]", """{"unset":["a"]}""")]
    [InlineData("\"$delete\":\"\"", """{"delete":true}""")]
    [InlineData("\"$delete\":null", """{"delete":true}""")]
    [InlineData("\"$delete\":{\"a\":1}", """{"delete":true}""")]
    [InlineData("\"$merge\":{\"a\":{\"b\":1}}", """{"merge":{"a":{"b":1}}}""")]
    [InlineData("\"$set\":{}", """{"set":{}}""")]
    [InlineData("\"$set\":{\"$token\":\"t\",\"a\":1,\"$distinct_id\":\"d\"}", """{"set":{"a":1}}""")] // never properties
    [InlineData("\"$set\":{\"a\":1},\"$set\":{\"b\":2}", """{"set":{"b":2}}""")]
    [InlineData("\"$unset\":[\"a\"],\"$add\":{\"n\":1},\"$set\":{\"a\":1},\"$set_once\":{\"o\":1}",
        """{"set_once":{"o":1},"set":{"a":1},"add":{"n":1},"unset":["a"]}""")] // several apply in a fixed order
    [InlineData("\"$ip\":\"203.0.113.9\",\"$latitude\":47.4,\"$longitude\":8.5,\"$ignore_time\":true,\"$ignore_alias\":true,\"$mp_metadata\":{},\"$set\":{\"a\":1}",
        """{"set":{"a":1}}""")]
    public async Task Writes_operations_in_our_words(string operations, string body)
    {
        var server = new MixpanelServer();
        await server.PostAsync("/engage", Record($"\"$distinct_id\":\"ann\",{operations}"));
        var item = Assert.Single(server.Door.Items);
        Assert.Equal((ItemKind.ProfileUpdate, "ann", MixpanelServer.Token, body), (item.Kind, item.DistinctId, item.Token, item.Body));
    }

    [Theory]
    [InlineData("\"$set\":{\"a\":1}", RejectReason.MissingDistinctId, "$distinct_id")]
    [InlineData("\"$distinct_id\":\"\",\"$set\":{\"a\":1}", RejectReason.MissingDistinctId, "$distinct_id")]
    [InlineData("\"$distinct_id\":{},\"$set\":{\"a\":1}", RejectReason.MissingDistinctId, "$distinct_id")]
    [InlineData("\"$distinct_id\":\"ann\"", RejectReason.UnknownOperation, "")]
    [InlineData("\"$distinct_id\":\"ann\",\"$invent\":{}", RejectReason.UnknownOperation, "")]
    [InlineData("\"$distinct_id\":\"ann\",\"$set\":null", RejectReason.UnknownOperation, "")]
    [InlineData("\"$distinct_id\":\"ann\",\"$set\":[1]", RejectReason.InvalidType, "$set")]
    [InlineData("\"$distinct_id\":\"ann\",\"$set\":\"a\"", RejectReason.InvalidType, "$set")]
    [InlineData("\"$distinct_id\":\"ann\",\"$add\":{\"n\":\"5\"}", RejectReason.InvalidType, "$add")]
    [InlineData("\"$distinct_id\":\"ann\",\"$unset\":{\"a\":1}", RejectReason.InvalidType, "$unset")]
    [InlineData("\"$distinct_id\":\"ann\",\"$set_once\":7", RejectReason.InvalidType, "$set_once")]
    public async Task Turns_away_what_is_no_update_and_keeps_its_neighbours(string record, RejectReason reason, string field)
    {
        var verdicts = new List<Verdict>();
        var server = new MixpanelServer();
        server.Door.Then = batch => verdicts.AddRange(batch.Verdicts.ToArray());
        var answer = await server.PostAsync("/engage?verbose=1", $"[{Record(record)},{Record("\"$distinct_id\":\"bob\",\"$set\":{\"a\":1}")}]");
        Assert.Equal([new(reason, field), Verdict.Accepted], verdicts);
        Assert.Equal("bob", Assert.Single(server.Door.Items).DistinctId);
        Assert.Equal("""{"error":null,"status":1,"num_good_events":1}""", answer.Text);
    }

    [Fact]
    public async Task Keeps_the_order_of_records_and_their_times()
    {
        var server = new MixpanelServer();
        await server.PostAsync("/engage", $"[{Record("\"$distinct_id\":17,\"$set\":{\"n\":10},\"$time\":1749988740087")},{Record("\"$distinct_id\":17,\"$add\":{\"n\":5}")}]");
        Assert.Equal([("17", 1749988740087, """{"set":{"n":10}}"""), ("17", 0, """{"add":{"n":5}}""")],
            server.Door.Items.Select(item => (item.DistinctId, item.SentTimeMs, item.Body)));
    }

    [Theory]
    [InlineData("\"$group_key\":\"company\",\"$group_id\":\"acme\"", "company", "acme")]
    [InlineData("\"$group_key\":\"company\",\"$group_id\":17", "company", "17")]
    public async Task Makes_group_updates(string who, string groupKey, string groupId)
    {
        var server = new MixpanelServer();
        await server.PostAsync("/groups", Record($"{who},\"$set\":{{\"seats\":10}}"));
        var item = Assert.Single(server.Door.Items);
        Assert.Equal((ItemKind.GroupUpdate, groupKey, groupId, """{"set":{"seats":10}}"""), (item.Kind, item.Name, item.DistinctId, item.Body));
    }

    [Theory]
    [InlineData("\"$group_id\":\"acme\"", "'$group_key' is invalid: must not be missing")]
    [InlineData("\"$group_key\":\"company\"", "'$group_id' is invalid: must not be missing")]
    public async Task Wants_a_group_key_and_a_group_id(string who, string error)
    {
        var server = new MixpanelServer();
        var answer = await server.PostAsync("/groups?verbose=1", Record($"{who},\"$set\":{{}}"));
        Assert.Equal($$"""{"error":"{{error}}","status":0}""", answer.Text);
        Assert.Empty(server.Door.Items);
    }

    /// <summary>An update's profile is that of its distinct id, whatever user stands beside it for information.</summary>
    [Fact]
    public async Task Addresses_the_distinct_id_alone()
    {
        var server = new MixpanelServer();
        await server.PostAsync("/engage", Record("\"$distinct_id\":\"ann\",\"$user_id\":\"bob\",\"$device_id\":\"d\",\"$set\":{}"));
        var item = Assert.Single(server.Door.Items);
        Assert.Equal(("ann", "", ""), (item.DistinctId, item.UserId, item.DeviceId));
    }

    static string Record(string members) => $"{{\"$token\":\"{MixpanelServer.Token}\",{members}}}";
}
