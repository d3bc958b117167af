using Cairn.Ingestion.Segment;
using Xunit;

namespace Cairn.Behaviour.Ingestion.Segment;

public class Keeping_the_context
{
    [Theory]
    [InlineData("{\"page\":{\"url\":\"https://a/\",\"referrer\":\"\",\"title\":\"Shop\",\"path\":\"/\",\"search\":\"?a\"}}", """{"$current_url":"https://a/","$page_title":"Shop","$page_path":"/"}""")]
    [InlineData("{\"campaign\":{\"name\":\"spring\",\"source\":\"news\",\"medium\":\"email\",\"id\":\"7\"}}", """{"utm_campaign":"spring","utm_source":"news","utm_medium":"email","utm_id":"7"}""")]
    [InlineData("{\"os\":{\"name\":\"iOS\",\"version\":\"17\"},\"device\":{\"id\":\"x\",\"model\":\"iPhone15,2\",\"manufacturer\":\"Apple\",\"token\":\"t\"}}", """{"$os":"iOS","$os_version":"17","$model":"iPhone15,2","$manufacturer":"Apple"}""")]
    [InlineData("{\"locale\":\"de-CH\",\"timezone\":\"UTC\",\"userAgent\":\"X/1\",\"ip\":\"203.0.113.9\",\"active\":true}", """{"$locale":"de-CH","$timezone":"UTC","$user_agent":"X/1"}""")]
    [InlineData("{\"app\":{\"name\":\"shop\",\"version\":\"1.2\",\"build\":7},\"screen\":{\"width\":320},\"network\":{\"wifi\":true,\"carrier\":null}}", """{"$app_name":"shop","$app_version_string":"1.2","$app_build_number":7,"$screen_width":320,"$wifi":true}""")]
    [InlineData("{\"location\":{\"city\":\"Bern\",\"latitude\":46.9},\"page\":\"odd\",\"os\":[1],\"campaign\":{\"name\":{}}}", """{"$city":"Bern","$latitude":46.9}""")]
    [InlineData("\"odd\"", "{}")]
    public void Under_the_names_other_sdks_use(string context, string body) =>
        Assert.Equal(body, Assert.Single(Translated.Message(SegmentCall.Track, $"\"event\":\"A\",\"context\":{context}")).Body);

    [Fact]
    public void The_events_own_properties_win() =>
        Assert.Equal("""{"$os":"mine","utm_source":"mine","$os_version":"17"}""", Assert.Single(Translated.Message(SegmentCall.Track, """
            "event":"A","properties":{"$os":"mine","utm_source":"mine"},"context":{"os":{"name":"iOS","version":"17"},"campaign":{"source":"news"}}
            """)).Body);

    [Fact]
    public void A_batchs_context_fills_what_a_message_leaves_open()
    {
        var (items, _) = Translated.Body("""
            {"context":{"device":{"type":"phone"},"locale":"en","library":{"name":"batcher","version":"2"}},
             "batch":[{"type":"track","event":"A","userId":"ann","context":{"locale":"de"}},{"type":"track","event":"B","userId":"ann"}]}
            """);

        Assert.Equal(["""{"$locale":"de","$device_type":"phone"}""", """{"$device_type":"phone","$locale":"en"}"""], items.Select(item => item.Body));
        Assert.Equal("batcher/2", items[0].Sdk);
    }

    [Theory]
    [InlineData("\"context\":{\"sessionId\":1749988800}", "1749988800")]
    [InlineData("\"integrations\":{\"All\":true,\"Actions Amplitude\":{\"session_id\":1749988800147}}", "1749988800147")]
    [InlineData("\"integrations\":{\"Actions Amplitude\":{\"session_id\":-1}}", "")]
    [InlineData("\"integrations\":{\"Actions Amplitude\":true}", "")]
    public void The_session_is_the_librarys_or_amplitudes(string members, string session) =>
        Assert.Equal(session, Assert.Single(Translated.Message(SegmentCall.Track, $"\"event\":\"A\",{members}")).SessionId);

    [Fact]
    public void The_group_of_the_context_is_the_events() =>
        Assert.Equal("""{"$group_id":"acme"}""", Assert.Single(Translated.Message(SegmentCall.Track, """
            "event":"A","context":{"groupId":"acme"}
            """)).Groups);

    [Fact]
    public void What_is_said_twice_is_kept_once_and_a_campaign_has_an_end()
    {
        var fields = string.Join(',', Enumerable.Range(0, 100).Select(i => $"\"f{i}\":1"));

        var body = Assert.Single(Translated.Message(SegmentCall.Track,
            """
            "event":"A","context":{"os":{"name":"iOS","name":"Android"},"os":{"name":"Linux"},"campaign":{FIELDS}}
            """.Replace("FIELDS", fields, StringComparison.Ordinal))).Json;

        Assert.Equal("iOS", (string)body["$os"]!);
        Assert.Equal(21, body.Count);
    }
}
