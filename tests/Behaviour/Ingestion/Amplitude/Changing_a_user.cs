using Cairn.Model;
using Xunit;

namespace Cairn.Behaviour.Ingestion.Amplitude;

public class Changing_a_user
{
    [Theory]
    // Plain properties are set; a null changes nothing.
    [InlineData("""{"plan":"pro","age":3,"gone":null}""", """{"set":{"plan":"pro","age":3}}""")]
    [InlineData("""{"$set":{"plan":"pro"}}""", """{"set":{"plan":"pro"}}""")]
    [InlineData("""{"$setOnce":{"first":"a"}}""", """{"set_once":{"first":"a"}}""")]
    [InlineData("""{"$add":{"n":-2.5,"text":"7"}}""", """{"add":{"n":-2.5}}""")]
    [InlineData("""{"$append":{"l":"a"},"$prepend":{"m":["b","c"]}}""", """{"append":{"l":"a"},"prepend":{"m":["b","c"]}}""")]
    [InlineData("""{"$preInsert":{"l":"a"},"$postInsert":{"m":["b"]},"$remove":{"k":1}}""", """{"union_first":{"l":"a"},"union":{"m":["b"]},"remove":{"k":1}}""")]
    [InlineData("""{"$unset":{"a":"-","b":null}}""", """{"unset":["a","b"]}""")]
    [InlineData("""{"$clearAll":"-"}""", """{"clear_all":true}""")]
    // Whatever the order on the wire, the vendor's order decides.
    [InlineData("""{"$add":{"n":1},"$set":{"p":1},"$unset":{"x":"-"},"$clearAll":"-"}""", """{"clear_all":true,"unset":["x"],"set":{"p":1},"add":{"n":1}}""")]
    // An operator without an object does nothing; a name that is none is a property.
    [InlineData("""{"$set":"x","$price":3,"p":1}""", """{"set":{"$price":3,"p":1}}""")]
    public void Writes_what_the_vendor_does_to_properties(string sent, string body) =>
        Assert.Equal(body, Identify($"\"user_properties\":{sent}").BodyOf(ItemKind.ProfileUpdate));

    [Theory]
    [InlineData("""{"$set":{"p":1,"q":1},"$add":{"p":5,"r":1}}""", """{"set":{"p":1,"q":1},"add":{"r":1}}""")]
    [InlineData("""{"$append":{"p":5},"$unset":{"p":"-"}}""", """{"unset":["p"],"append":{}}""")]
    public void Only_the_first_operation_on_a_property_within_one_Identify_counts(string sent, string body) =>
        Assert.Equal(body, Identify($"\"user_properties\":{sent}").BodyOf(ItemKind.ProfileUpdate));

    [Fact]
    public void Setting_one_device_field_resets_the_others() =>
        Assert.Equal(
            """{"unset":["$os_version","$brand","$manufacturer","$model","$carrier"],"set":{"$platform":"Web","$os":"Linux"}}""",
            Identify("\"platform\":\"Web\",\"os_name\":\"Linux\"").BodyOf(ItemKind.ProfileUpdate));

    [Fact]
    public void A_user_agent_tells_the_other_device_fields_so_none_is_reset() =>
        Assert.Equal(
            """{"set":{"$platform":"Web"}}""",
            Identify("\"platform\":\"Web\",\"user_agent\":\"Mozilla/5.0\"").BodyOf(ItemKind.ProfileUpdate));

    [Fact]
    public void Setting_one_place_field_resets_the_others() =>
        Assert.Equal(
            """{"unset":["$region","$city","$dma"],"set":{"plan":"pro","$country":"Chile"}}""",
            Identify("\"country\":\"Chile\",\"user_properties\":{\"plan\":\"pro\"}").BodyOf(ItemKind.ProfileUpdate));

    [Fact]
    public void The_first_version_of_the_app_is_kept_as_the_start_version() =>
        Assert.Equal(
            """{"set":{"$app_version_string":"2.1"},"set_once":{"$start_version":"2.1"}}""",
            Identify("\"app_version\":\"2.1\"").BodyOf(ItemKind.ProfileUpdate));

    [Fact]
    public void A_group_of_an_identify_becomes_the_users_own_unless_the_properties_say_it()
    {
        Assert.Equal("""{"set":{"company":"acme"}}""", Identify("""
            "groups":{"company":"acme"},"user_properties":{"$set":{"company":"acme"}}
            """).BodyOf(ItemKind.ProfileUpdate));
        Assert.Equal("""{"set":{"team":["red","blue"]}}""", Identify("""
            "groups":{"team":["red","blue"]}
            """).BodyOf(ItemKind.ProfileUpdate));
    }

    [Fact]
    public void An_events_own_properties_hold_at_the_event_so_they_come_before_it()
    {
        var items = Translated.Event("""
            "user_properties":{"plan":"pro"}
            """);

        Assert.Equal([ItemKind.ProfileUpdate, ItemKind.Event], items.Select(item => item.Kind));
        Assert.Equal("{}", items[1].Body);
    }

    [Fact]
    public void An_event_that_skips_the_sync_touches_no_profile_and_carries_its_own()
    {
        var item = Assert.Single(Translated.Event("""
            "$skip_user_properties_sync":true,"user_properties":{"x":1},"event_properties":{"a":2},"revenue":5
            """));

        Assert.True(item.SkipsProfile);
        Assert.Equal("""{"a":2,"$revenue":5,"$user_properties":{"x":1}}""", item.Body);
    }

    [Fact]
    public void An_identify_that_says_nothing_gives_nothing() => Assert.Empty(Identify("\"user_properties\":{\"$set\":{}}"));

    [Fact]
    public void More_properties_than_any_sdk_sends_are_too_many()
    {
        var many = string.Join(',', Enumerable.Range(0, 1025).Select(i => $"\"p{i}\":1"));

        var (_, verdicts) = Translated.Events("[{\"event_type\":\"$identify\",\"user_id\":\"ann-cap\",\"user_properties\":{" + many + "}}]");

        Assert.Equal(Cairn.Ingestion.RejectReason.TooManyProperties, Assert.Single(verdicts).Reason);
    }

    static IReadOnlyList<Cairn.Support.Ingest.SeenItem> Identify(string members) => Translated.Event(members, type: "$identify");
}
