using Cairn.Ingestion;
using Cairn.Model;
using Cairn.Model.Identity;
using Xunit;

namespace Cairn.Behaviour.Ingestion.Amplitude;

public class Knowing_whose_event_it_is
{
    [Fact]
    public void A_user_and_a_device_claim_their_link()
    {
        var items = Translated.Event("", ids: "\"user_id\":\"ann-cap\",\"device_id\":\"device-1\"");

        Assert.Equal((LinkRule.AmplitudeDeviceAndUser, "ann-cap", "$device:device-1"), (items[0].Rule, items[0].DistinctId, items[0].OtherId));
        Assert.Equal(("ann-cap", "ann-cap", "device-1"), (items[1].DistinctId, items[1].UserId, items[1].DeviceId));
    }

    [Fact]
    public void A_device_alone_is_itself()
    {
        var item = Assert.Single(Translated.Event("", ids: "\"device_id\":\"device-1\""));

        Assert.Equal(("$device:device-1", "", "device-1"), (item.DistinctId, item.UserId, item.DeviceId));
    }

    [Fact]
    public void A_user_alone_gets_a_device_that_is_always_the_same_and_claims_nothing()
    {
        var (items, _) = Translated.Events("""
            [{"event_type":"A","user_id":"ann-cap"},{"event_type":"B","user_id":"ann-cap"},{"event_type":"C","user_id":"bob-cap"}]
            """);

        Assert.All(items, item => Assert.Equal(ItemKind.Event, item.Kind));
        Assert.Equal("3d4ed41c-ecd7-831a-9d91-5a0f4b6e2a0c".Length, items[0].DeviceId.Length);
        Assert.Equal(items[0].DeviceId, items[1].DeviceId);
        Assert.NotEqual(items[0].DeviceId, items[2].DeviceId);
    }

    [Theory]
    [InlineData("\"user_id\":\"ann\",\"device_id\":\"device-1\"", "$device:device-1")] // too short: taken off
    [InlineData("\"user_id\":\"\",\"device_id\":\"device-1\"", "$device:device-1")]
    [InlineData("\"user_id\":12345", "12345")] // a number is its digits
    [InlineData("\"user_id\":\"z\\u00fcri\\ud83d\\ude00\"", "züri😀")]
    public void Ids_are_read_as_the_vendor_reads_them(string ids, string distinctId) =>
        Assert.Equal(distinctId, Assert.Single(Translated.Event("", ids: ids)).DistinctId);

    [Theory]
    [InlineData("\"time\":1", RejectReason.MissingDistinctId, "user_id")]
    [InlineData("\"user_id\":\"ann\"", RejectReason.IdTooShort, "user_id")]
    [InlineData("\"device_id\":\"dev\"", RejectReason.IdTooShort, "device_id")]
    [InlineData("\"user_id\":\"anonymous\"", RejectReason.BlockedId, "user_id")]
    [InlineData("\"user_id\":\"UNDEFINED\",\"device_id\":\"device-1\"", RejectReason.BlockedId, "user_id")]
    [InlineData("\"device_id\":\"00000000-0000-0000-0000-000000000000\"", RejectReason.BlockedId, "device_id")]
    [InlineData("\"user_id\":{\"a\":1}", RejectReason.InvalidType, "user_id")]
    public void An_event_nobody_can_be_found_for_is_turned_away(string ids, RejectReason reason, string field)
    {
        var (_, verdicts) = Translated.Events($$"""[{"event_type":"A",{{ids}}}]""");

        Assert.Equal(new Verdict(reason, field), Assert.Single(verdicts));
    }

    [Fact]
    public void An_upload_may_allow_shorter_ids()
    {
        var (items, _) = Translated.Events("""[{"event_type":"A","user_id":"a"}]""", minIdChars: 1);

        Assert.Equal("a", Assert.Single(items).DistinctId);
    }

    [Fact]
    public void An_id_of_more_than_1024_characters_is_too_long()
    {
        var (_, verdicts) = Translated.Events($$"""[{"event_type":"A","user_id":"{{new string('ü', 1024)}}"},{"event_type":"A","user_id":"{{new string('ü', 1025)}}"}]""");

        Assert.Equal([RejectReason.None, RejectReason.IdTooLong], verdicts.Select(verdict => verdict.Reason));
    }

    [Fact]
    public void An_install_is_known_by_its_advertising_id()
    {
        var (items, _) = Translated.With(Cairn.Ingestion.Amplitude.FieldNames.Forms, 0, 5, translator => translator.AddAttributions("""
            {"event_type":"[Vendor] Install","platform":"ios","idfa":"AEBE52E7-03EE","user_properties":{"[Vendor] campaign":"spring"}}
            """u8.ToArray()));

        Assert.Equal("$device:AEBE52E7-03EE", items[1].DistinctId);
        Assert.Equal("""{"$platform":"ios","$idfa":"AEBE52E7-03EE"}""", items[1].Body);
    }
}
