using Cairn.Ingestion.Amplitude;
using Cairn.Model;
using Xunit;

namespace Cairn.Behaviour.Ingestion.Amplitude;

public class Keeping_an_events_fields
{
    [Theory]
    // Nothing to add: the properties stay as they stand in the body, blanks and escapes included.
    [InlineData("""
        "event_properties":{ "a" : "\u00fc" }
        """, """{ "a" : "\u00fc" }""")]
    [InlineData("", "{}")]
    [InlineData("\"event_properties\":null,\"platform\":null", "{}")]
    // A field is a property of its own name with a dollar, beside a property that is called the same.
    [InlineData("\"event_properties\":{\"country\":\"shipping\"},\"country\":\"Chile\"", """{"country":"shipping","$country":"Chile"}""")]
    [InlineData("\"event_properties\":{ },\"platform\":\"iOS\",\"os_name\":\"iOS\",\"app_version\":\"1\"", """{"$platform":"iOS","$os":"iOS","$app_version_string":"1"}""")]
    [InlineData("\"version_name\":\"1.2\",\"location_lat\":47.4,\"location_lng\":-8.5,\"plan\":{\"branch\":\"main\"}", """{"$app_version_string":"1.2","$latitude":47.4,"$longitude":-8.5,"$plan":{"branch":"main"}}""")]
    // The properties' own dollar name wins.
    [InlineData("\"event_properties\":{\"$city\":\"Bern\"},\"city\":\"Basel\",\"region\":\"BS\"", """{"$city":"Bern","$region":"BS"}""")]
    // The address is never kept, and fields nobody documents are ignored.
    [InlineData("\"ip\":\"203.0.113.9\",\"extra\":{\"a\":1},\"whatever\":[1]", "{}")]
    public void As_properties(string members, string body) => Assert.Equal(body, Translated.Event(members).BodyOf(ItemKind.Event));

    [Theory]
    [InlineData("\"price\":9.5,\"quantity\":2", """{"$price":9.5,"$quantity":2,"$revenue":19}""")]
    [InlineData("\"price\":9.5", """{"$price":9.5,"$revenue":9.5}""")]
    [InlineData("\"price\":-4,\"quantity\":3", """{"$price":-4,"$quantity":3,"$revenue":-12}""")]
    [InlineData("\"revenue\":7", """{"$revenue":7}""")]
    // A revenue beside a price alone stands; beside price and quantity the product wins.
    [InlineData("\"price\":9.5,\"revenue\":7", """{"$price":9.5,"$revenue":7}""")]
    [InlineData("\"price\":9.5,\"quantity\":2,\"revenue\":7", """{"$price":9.5,"$quantity":2,"$revenue":19}""")]
    [InlineData("\"event_properties\":{\"$price\":0.1,\"$quantity\":3}", """{"$price":0.1,"$quantity":3,"$revenue":0.3}""")]
    [InlineData("\"event_properties\":{\"$price\":2,\"$revenue\":5}", """{"$price":2,"$revenue":5}""")]
    [InlineData("\"price\":1e300,\"quantity\":1e300", """{"$price":1e300,"$quantity":1e300}""")]
    [InlineData("\"price\":123456789012345,\"quantity\":10", """{"$price":123456789012345,"$quantity":10,"$revenue":1234567890123450}""")]
    public void Revenue_is_worked_out(string members, string body) => Assert.Equal(body, Translated.Event(members).BodyOf(ItemKind.Event));

    [Fact]
    public void A_user_who_has_paid_is_paying() =>
        Assert.Equal("""{"set":{"$paying":true}}""", Translated.Event("\"revenue\":7").BodyOf(ItemKind.ProfileUpdate));

    [Theory]
    [InlineData("\"session_id\":-1", "")]
    [InlineData("\"session_id\":1749988800147", "1749988800147")]
    [InlineData("\"session_id\":\"s1\"", "s1")]
    public void A_session_of_minus_one_is_none(string members, string session) =>
        Assert.Equal(session, Assert.Single(Translated.Event(members)).SessionId);

    [Theory]
    [InlineData("{\"company\":\"acme\"}", """{"company":"acme"}""")]
    [InlineData("{\"team\":[\"red\",\"blue\"]}", """{"team":["red","blue"]}""")]
    [InlineData("{\"n\":7,\"m\":null}", """{"n":["7"]}""")]
    [InlineData("{\"a\":\"1\",\"b\":\"1\",\"c\":\"1\",\"d\":\"1\",\"e\":\"1\",\"f\":\"1\"}", """{"a":["1"],"b":["1"],"c":["1"],"d":["1"],"e":["1"]}""")]
    [InlineData("{\"a\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\",\"10\",\"11\"]}", """{"a":["1","2","3","4","5","6","7","8","9","10"]}""")]
    [InlineData("{}", "")]
    public void Groups_stay_within_the_vendors_limits(string sent, string groups) =>
        Assert.Equal(groups, Assert.Single(Translated.Event($"\"groups\":{sent}")).Groups);

    [Fact]
    public void An_exposure_is_stored_by_its_long_name_and_sets_the_variant()
    {
        var items = Translated.Event("""
            "event_properties":{"flag_key":"checkout","variant":"on","experiment_key":"exp-1","metadata":{"a":1}}
            """, type: "$exposure");

        Assert.Equal("""{"set":{"[Experiment] checkout":"on"}}""", items.BodyOf(ItemKind.ProfileUpdate));
        Assert.Equal("[Experiment] Exposure", items[1].Name);
        Assert.Equal("""{"[Experiment] Flag Key":"checkout","[Experiment] Variant":"on","[Experiment] Experiment Key":"exp-1","metadata":{"a":1}}""", items[1].Body);
    }

    [Fact]
    public void An_exposure_without_a_variant_unsets_it() =>
        Assert.Equal("""{"unset":["[Experiment] checkout"]}""", Translated.Event("""
            "event_properties":{"flag_key":"checkout"}
            """, type: "$exposure").BodyOf(ItemKind.ProfileUpdate));

    [Fact]
    public void Every_property_finds_its_way_back_to_the_wire()
    {
        var fields = new[] { "platform", "os_name", "os_version", "device_model", "country", "app_version", "language", "productId", "location_lat", "event_id", "plan" };

        foreach (var field in fields) Assert.Equal(field, AmplitudeFields.WireNameOf(AmplitudeFields.PropertyOf(field)!));
        Assert.Null(AmplitudeFields.PropertyOf("user_id"));
        Assert.Null(AmplitudeFields.WireNameOf("plan"));
    }

    [Fact]
    public void A_group_identify_updates_each_group_it_names_and_needs_no_user()
    {
        var (items, verdicts) = Translated.Events("""
            [{"event_type":"$groupidentify","groups":{"company":["acme","init\u0065ch"]},"group_properties":{"$set":{"seats":10},"$unset":{"x":"-"}}}]
            """);

        Assert.True(Assert.Single(verdicts).IsAccepted);
        Assert.Equal([("company", "acme"), ("company", "initech")], items.Select(item => (item.Name, item.DistinctId)));
        Assert.All(items, item => Assert.Equal("""{"unset":["x"],"set":{"seats":10}}""", item.Body));
    }

    [Fact]
    public void A_group_identify_of_a_thousand_groups_does_not_copy_its_properties_a_thousand_times()
    {
        var groups = string.Join(',', Enumerable.Range(0, 1000).Select(i => $"\"g{i}\""));

        var items = Translated.Event($$"""
            "groups":{"company":[{{groups}}]},"group_properties":{"seats":10}
            """, type: "$groupidentify");

        Assert.Equal(10, items.Count);
    }
}
