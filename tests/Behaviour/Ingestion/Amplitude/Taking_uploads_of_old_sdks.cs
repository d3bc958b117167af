using Cairn.Ingestion.Amplitude;
using Cairn.Model;
using Xunit;

namespace Cairn.Behaviour.Ingestion.Amplitude;

public class Taking_uploads_of_old_sdks
{
    [Fact]
    public void Their_names_mean_the_same_fields()
    {
        var (items, _) = Translated.Events("""
            [{"event_type":"Opened","device_id":"C8F9E604F01A4BD9","user_id":null,"timestamp":1749988800000,"event_id":17,"session_id":1749988700000,
              "version_name":"1.2.0","platform":"Android","os_name":"android","os_version":"14","language":"German","uuid":"0f1b-uuid","sequence_number":18,
              "api_properties":{"androidADID":"ad-1","limit_ad_tracking":false,"gps_enabled":true,"location":{"lat":47.37,"lng":8.54}},
              "library":{"name":"amplitude-android","version":"2.38.3"},"event_properties":{"screen":"home"},"user_properties":{},"global_properties":{},"groups":{}}]
            """, names: FieldNames.Legacy, minIdChars: 1);

        var item = Assert.Single(items);
        Assert.Equal(("Opened", "$device:C8F9E604F01A4BD9", "0f1b-uuid", "1749988700000", 1749988800000), (item.Name, item.DistinctId, item.InsertId, item.SessionId, item.TimeMs));
        Assert.Equal("amplitude-android/2.38.3", item.Sdk);
        Assert.Equal(
            """{"screen":"home","$platform":"Android","$os":"android","$os_version":"14","$app_version_string":"1.2.0","$language":"German","$latitude":47.37,"$longitude":8.54,"$adid":"ad-1","$event_id":17}""",
            item.Body);
    }

    [Fact]
    public void Http_v2_does_not_know_them()
    {
        var item = Assert.Single(Translated.Event("""
            "timestamp":1749988800000,"uuid":"0f1b-uuid","library":{"name":"x","version":"1"}
            """));

        Assert.Equal((0L, "", "", ItemKind.Event), (item.TimeMs, item.InsertId, item.Sdk, item.Kind));
    }
}
