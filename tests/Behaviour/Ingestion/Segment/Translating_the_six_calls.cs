using Cairn.Ingestion;
using Cairn.Ingestion.Segment;
using Cairn.Model;
using Cairn.Model.Identity;
using Xunit;

namespace Cairn.Behaviour.Ingestion.Segment;

public class Translating_the_six_calls
{
    [Fact]
    public void A_track_is_an_event_with_its_properties_as_they_are()
    {
        var item = Assert.Single(Translated.Message(SegmentCall.Track, """
            "event":"Signed Up","messageId":"m-1","properties":{ "plan" : "pro" }
            """));

        Assert.Equal((ItemKind.Event, "Signed Up", "ann", "m-1", """{ "plan" : "pro" }"""), (item.Kind, item.Name, item.DistinctId, item.InsertId, item.Body));
    }

    [Theory]
    [InlineData(SegmentCall.Page, "Loaded a Page", "\"name\":\"Home\",\"category\":\"Docs\",\"properties\":{\"url\":\"/\"}", """{"url":"/","name":"Home","category":"Docs"}""")]
    [InlineData(SegmentCall.Page, "Loaded a Page", "\"name\":\"Home\",\"properties\":{\"name\":\"Home\",\"x\":1}", """{"name":"Home","x":1}""")]
    [InlineData(SegmentCall.Screen, "Loaded a Screen", "\"name\":\"Main\"", """{"name":"Main"}""")]
    [InlineData(SegmentCall.Page, "Loaded a Page", "\"type\":\"page\"", "{}")]
    public void Pages_and_screens_share_one_name_each(SegmentCall call, string name, string members, string body)
    {
        var item = Assert.Single(Translated.Message(call, members));

        Assert.Equal((name, body), (item.Name, item.Body));
    }

    [Fact]
    public void An_identify_sets_traits_and_takes_off_those_that_are_null()
    {
        var items = Translated.Message(SegmentCall.Identify, """
            "anonymousId":"d1","traits":{"plan":"pro","trial":null}
            """);

        Assert.Equal((LinkRule.SegmentAnonymousAndUser, "ann", "$device:d1"), (items[0].Rule, items[0].DistinctId, items[0].OtherId));
        Assert.Equal((ItemKind.ProfileUpdate, "ann", """{"set":{"plan":"pro","trial":null}}"""), (items[1].Kind, items[1].DistinctId, items[1].Body));
    }

    [Fact]
    public void An_identify_of_the_anonymous_is_of_the_device()
    {
        var (items, _) = Translated.Body("""{"type":"identify","anonymousId":"d1","context":{"traits":{"plan":"pro"}}}""");

        Assert.Equal(("$device:d1", """{"set":{"plan":"pro"}}"""), (Assert.Single(items).DistinctId, items[0].Body));
    }

    [Theory]
    [InlineData("\"acme\"", "acme", """{"set":{"$group_id":"acme"}}""")]
    [InlineData("42", "42", """{"set":{"$group_id":"42"}}""")]
    public void A_group_gets_its_traits_and_the_user_its_id(string sent, string groupId, string membership)
    {
        var items = Translated.Message(SegmentCall.Group, $$"""
            "groupId":{{sent}},"traits":{"seats":10}
            """);

        Assert.Equal((ItemKind.GroupUpdate, "$group_id", groupId, """{"set":{"seats":10}}"""), (items[0].Kind, items[0].Name, items[0].DistinctId, items[0].Body));
        Assert.Equal((ItemKind.ProfileUpdate, "ann", membership), (items[1].Kind, items[1].DistinctId, items[1].Body));
    }

    [Theory]
    [InlineData("\"previousId\":\"old\"", "SegmentAlias ann old")]
    [InlineData("\"previousId\":\"ann\"", "")]
    [InlineData("\"previousId\":\"ann\",\"anonymousId\":\"d1\"", "SegmentAnonymousAndUser ann $device:d1")]
    public void An_alias_claims_the_two_ids_as_they_were_sent(string members, string claims) =>
        Assert.Equal(claims, string.Join("; ", Translated.Message(SegmentCall.Alias, members).Select(claim => $"{claim.Rule} {claim.DistinctId} {claim.OtherId}")));

    [Theory]
    [InlineData("\"type\":\"track\",\"userId\":\"ann\"", RejectReason.MissingName, "event")]
    [InlineData("\"type\":\"track\",\"event\":\"A\"", RejectReason.MissingDistinctId, "userId")]
    [InlineData("\"type\":\"track\",\"event\":\"A\",\"userId\":null,\"anonymousId\":\"\"", RejectReason.MissingDistinctId, "userId")]
    [InlineData("\"type\":\"group\",\"userId\":\"ann\"", RejectReason.MissingGroupId, "groupId")]
    [InlineData("\"type\":\"alias\",\"userId\":\"ann\"", RejectReason.MissingDistinctId, "previousId")]
    [InlineData("\"type\":\"alias\",\"anonymousId\":\"d\",\"previousId\":\"old\"", RejectReason.MissingDistinctId, "userId")]
    [InlineData("\"type\":\"dance\",\"userId\":\"ann\"", RejectReason.UnknownOperation, "type")]
    [InlineData("\"userId\":\"ann\"", RejectReason.UnknownOperation, "type")]
    [InlineData("\"type\":\"track\",\"event\":\"A\",\"userId\":\"ann\",\"properties\":[1]", RejectReason.InvalidType, "properties")]
    [InlineData("\"type\":\"identify\",\"userId\":\"ann\",\"traits\":\"x\"", RejectReason.InvalidType, "traits")]
    public void A_message_that_lacks_something_spoils_only_itself(string members, RejectReason reason, string field)
    {
        var (items, verdicts) = Translated.Body($$"""{"batch":[{{{members}}},{"type":"track","event":"Next","userId":"bob"},7]}""");

        Assert.Equal([new(reason, field), Verdict.Accepted, new(RejectReason.NotAnObject, "batch")], verdicts);
        Assert.Equal("Next", Assert.Single(items, item => item.RecordIndex == 1).Name);
    }

    [Fact]
    public void A_messages_own_type_comes_before_its_path()
    {
        var (items, _) = Translated.Body("""{"type":"identify","userId":"ann","traits":{"a":1}}""", SegmentCall.Track);

        Assert.Equal(ItemKind.ProfileUpdate, Assert.Single(items).Kind);
    }
}
