using System.Text;
using System.Text.Json.Nodes;
using Cairn.Ingestion;
using Cairn.Ingestion.Bodies;
using Cairn.Ingestion.Mixpanel;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Support.Ingest;
using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.Ingestion.Mixpanel;

public class Translating_events
{
    [Theory]
    [InlineData("1749988800", 1749988800000)] // node and Ruby: seconds
    [InlineData("1749988800.184", 1749988800184)] // the browser and Python: with a fraction
    [InlineData("1749988800184", 1749988800184)] // mobile, node's Date: milliseconds
    [InlineData("1749988800184.6", 1749988800185)]
    [InlineData("\"1749988800\"", 1749988800000)] // as text
    [InlineData("1.749988800e9", 1749988800000)]
    [InlineData("31536000", 31536000000)] // the first second of 1971
    [InlineData("31535999999", 31535999999000)] // the last number taken for seconds: the year 2969
    [InlineData("31536000000", 31536000000)] // the first taken for milliseconds
    [InlineData("31535999", 0)] // 1970: no time they take
    [InlineData("0", 0)]
    [InlineData("-62135596800", 0)] // the year 1
    [InlineData("253402300799999", 253402300799999)] // the last millisecond of 9999
    [InlineData("253402300800000", 0)]
    [InlineData("1e999", 0)]
    [InlineData("\"2025-06-15T12:00:00Z\"", 0)]
    [InlineData("true", 0)]
    [InlineData("{\"a\":1}", 0)]
    [InlineData("null", 0)]
    public void Reads_times_of_every_unit(string time, long sentTimeMs)
    {
        var item = Assert.Single(Translate(An("a", $"\"time\":{time},\"b\":1")));
        Assert.Equal(sentTimeMs, item.SentTimeMs);
        Assert.Equal("""{"b":1}""", item.Body);
    }

    [Theory]
    [InlineData("""{"token":"t","a":1}""", """{"a":1}""")]
    [InlineData("""{"a":1,"token":"t"}""", """{"a":1}""")]
    [InlineData("""{ "a" : 1 , "token" : "t" , "b" : [1, 2] }""", """{"a" : 1,"b" : [1, 2]}""")]
    [InlineData("""{"token":"t","time":1,"distinct_id":"d"}""", "{}")]
    [InlineData("{}", "{}")]
    [InlineData("""{"ip":"203.0.113.9","$ip":"203.0.113.9"}""", "{}")] // no address goes further than this
    [InlineData("""{"mp_lib":"web","$lib_version":"2.83.0"}""", """{"mp_lib":"web","$lib_version":"2.83.0"}""")] // properties that people ask for
    [InlineData("""{"\u0074oken":"t","a":1}""", """{"a":1}""")]
    [InlineData("""{"Token":"T","TIME":5}""", """{"Token":"T","TIME":5}""")]
    public void Leaves_only_the_senders_own_properties_in_the_body(string properties, string body) =>
        Assert.Equal(body, Assert.Single(Translate(An("a", properties[1..^1]))).Body);

    [Fact]
    public void Lifts_what_becomes_a_field()
    {
        var item = Assert.Single(Translate("""
            {"properties":{"token":"tok","distinct_id":"d","$insert_id":"i-1","$device_id":"$device:dev","mp_lib":"web","$lib_version":"2.83.0"},"event":"Sign Up"}
            """));
        Assert.Equal(("Sign Up", "tok", "d", "i-1", "dev", "web/2.83.0"), (item.Name, item.Token, item.DistinctId, item.InsertId, item.DeviceId, item.Sdk));
    }

    [Theory]
    [InlineData("17", "17")]
    [InlineData("9007199254740993", "9007199254740993")] // past 2^53: the text stays as it was written
    [InlineData("\"a\\u00e9\\n\"", "aé\n")]
    [InlineData("\"\\ud83d\\ude00\"", "😀")]
    [InlineData("true", "true")]
    [InlineData("null", "")]
    [InlineData("{\"a\":1}", "")]
    public void Takes_ids_of_other_types_as_their_text(string id, string expected) =>
        Assert.Equal(expected, Assert.Single(Translate(An("a", $"\"distinct_id\":{id}"))).DistinctId);

    [Fact]
    public void Lets_the_last_of_two_equal_keys_count()
    {
        var item = Assert.Single(Translate("""{"event":"a","event":"b","properties":{"token":"x"},"properties":{"token":"t1","token":"t2","distinct_id":"d"}}"""));
        Assert.Equal(("b", "t2", "d"), (item.Name, item.Token, item.DistinctId));
    }

    [Fact]
    public void Cuts_a_long_name_at_255_characters()
    {
        var item = Assert.Single(Translate(An(new string('ü', 300), "")));
        Assert.Equal(new string('ü', 255), item.Name);
    }

    [Theory]
    [InlineData("""{"properties":{}}""", RejectReason.MissingName, "event")]
    [InlineData("""{"event":"","properties":{}}""", RejectReason.MissingName, "event")]
    [InlineData("""{"event":null,"properties":{}}""", RejectReason.MissingName, "event")]
    [InlineData("""{"event":5,"properties":{}}""", RejectReason.InvalidType, "event")]
    [InlineData("""{"event":{},"properties":{}}""", RejectReason.MissingName, "event")]
    [InlineData("""{"event":"a"}""", RejectReason.MissingProperties, "properties")]
    [InlineData("""{"event":"a","properties":null}""", RejectReason.MissingProperties, "properties")]
    [InlineData("""{"event":"a","properties":[]}""", RejectReason.InvalidType, "properties")]
    [InlineData("\"a\"", RejectReason.NotAnObject, "")]
    [InlineData("[]", RejectReason.NotAnObject, "")]
    [InlineData("null", RejectReason.NotAnObject, "")]
    public void Turns_away_what_is_no_event(string record, RejectReason reason, string field)
    {
        using var batch = Batch();
        // Beside a good one, which stays.
        Assert.Equal(RejectReason.None, Fill(batch, $"[{record},{An("good", "")}]", EventRules.Track));
        Assert.Equal(new Verdict(reason, field), batch.Verdicts[0]);
        Assert.Equal("good", Assert.Single(SeenItem.All(batch)).Name);
    }

    [Fact]
    public void Turns_away_only_the_record_that_is_nested_too_deep()
    {
        using var batch = Batch();
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", 1000)) + "1" + new string('}', 1000);
        Fill(batch, $"[{An("a", $"\"fine\":[[1]],\"deep\":{deep}")},{An("good", "")}]", EventRules.Track);
        Assert.Equal(new Verdict(RejectReason.TooDeep, "properties.deep"), batch.Verdicts[0]);
        Assert.True(batch.Verdicts[1].IsAccepted);
    }

    [Theory]
    [InlineData(60, RejectReason.None)]
    [InlineData(61, RejectReason.TooDeep)]
    public void Takes_nesting_to_the_limit(int levels, RejectReason reason)
    {
        using var batch = Batch();
        Fill(batch, An("a", $"\"deep\":{new string('[', levels)}{new string(']', levels)}"), EventRules.Track);
        Assert.Equal(reason, batch.Verdicts[0].Reason);
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("\"yes\"", true)]
    [InlineData("\"\"", false)]
    [InlineData("false", false)]
    [InlineData("null", false)]
    [InlineData("1", false)]
    public void Drops_ignored_events_without_an_error(string ignore, bool isDropped)
    {
        using var batch = Batch();
        Fill(batch, An("a", $"\"$ignore\":{ignore}"), EventRules.Track);
        Assert.Equal(isDropped ? 0 : 1, batch.Items.Length);
        Assert.True(batch.Verdicts[0].CountsAsAccepted);
    }

    [Theory]
    [InlineData(EventPropertiesOfStrict, "", RejectReason.None, "")]
    [InlineData(EventPropertiesOfStrict, "\"time\":1749988800,", RejectReason.MissingTime, "properties.time")]
    [InlineData("\"time\":\"2025-06-15\",\"distinct_id\":\"d\",\"$insert_id\":\"i\"", "", RejectReason.InvalidTime, "properties.time")]
    [InlineData("\"time\":1749992401,\"distinct_id\":\"d\",\"$insert_id\":\"i\"", "", RejectReason.InFuture, "properties.time")]
    [InlineData("\"time\":1749992400,\"distinct_id\":\"d\",\"$insert_id\":\"i\"", "", RejectReason.None, "")] // an hour ahead to the second
    [InlineData(EventPropertiesOfStrict, ",\"$insert_id\":\"i-1\"", RejectReason.MissingInsertId, "$insert_id")]
    [InlineData("\"time\":1749988800,\"distinct_id\":\"d\",\"$insert_id\":\"a_b\"", "", RejectReason.InvalidInsertId, "$insert_id")]
    [InlineData("\"time\":1749988800,\"distinct_id\":\"d\",\"$insert_id\":\"1234567890123456789012345678901234567\"", "", RejectReason.InvalidInsertId, "$insert_id")]
    [InlineData("\"time\":1749988800,\"$insert_id\":\"i\"", "", RejectReason.MissingDistinctId, "properties.distinct_id")]
    [InlineData("\"time\":1749988800,\"$insert_id\":\"i\",\"distinct_id\":\"\"", "", RejectReason.None, "")] // empty: nobody, and said so
    [InlineData("\"time\":1749988800,\"$insert_id\":\"i\",\"$device_id\":\"d\"", "", RejectReason.None, "")]
    public void Is_strict_where_it_is_asked_to_be(string properties, string without, RejectReason reason, string field)
    {
        using var batch = Batch();
        if (without.Length > 0) properties = properties.Replace(without, "", StringComparison.Ordinal);
        Fill(batch, An("a", properties), Strict(IdentityMode.Simplified));
        Assert.Equal(new Verdict(reason, field), batch.Verdicts[0]);
    }

    const string EventPropertiesOfStrict = "\"time\":1749988800,\"distinct_id\":\"d\",\"$insert_id\":\"i-1\"";

    [Fact]
    public void Wants_a_distinct_id_at_a_strict_import_into_a_project_with_original_identity()
    {
        using var batch = Batch();
        Fill(batch, """{"event":"a","properties":{"time":1749988800,"$insert_id":"i","$device_id":"d","$user_id":"u"}}""", Strict(IdentityMode.Original));
        Assert.Equal(new Verdict(RejectReason.MissingDistinctId, "properties.distinct_id"), batch.Verdicts[0]);
    }

    [Theory]
    [InlineData("$identify")]
    [InlineData("$create_alias")]
    [InlineData("$merge")]
    public void Refuses_identity_events_at_a_strict_import_into_a_project_with_simplified_identity(string name)
    {
        using var batch = Batch();
        Fill(batch, An(name, EventPropertiesOfStrict), Strict(IdentityMode.Simplified));
        Assert.Equal(RejectReason.IdentityEventNotAllowed, batch.Verdicts[0].Reason);
    }

    [Fact]
    public void Names_the_property_whose_text_is_no_UTF8_where_it_is_strict()
    {
        using var batch = Batch();
        var json = Encoding.Latin1.GetBytes($"[{An("a", EventPropertiesOfStrict + ",\"utm_source\":\"x\xFFy\"")},{An("b", EventPropertiesOfStrict)}]");
        Fill(batch, json, Strict(IdentityMode.Simplified));
        Assert.Equal(new Verdict(RejectReason.InvalidUtf8, "properties.utm_source"), batch.Verdicts[0]);
        Assert.True(batch.Verdicts[1].IsAccepted);
    }

    [Fact]
    public void Replaces_bytes_that_are_no_UTF8_where_it_is_not()
    {
        byte[] json = [.. "{\"event\":\"a\",\"properties\":{\"b\":\"x"u8, 0xFF, .. "y\"}}"u8];
        Assert.Equal("{\"b\":\"x\uFFFDy\"}", Assert.Single(Translate(json)).Body);
    }

    /// <summary>Against a naive reading with JsonNode, on random events with lifted and own properties anywhere.</summary>
    [Fact]
    public void Agrees_with_a_naive_reading()
    {
        const int seed = 11;
        var rounds = FullRun.Count(4_000, 300_000);
        var random = new Random(seed);
        string[] lifted = ["token", "time", "distinct_id", "$insert_id", "$device_id", "$user_id", "ip"];
        string[] values = ["1", "\"x\"", "\"é\\\"\\\\\"", "null", "true", "[1,[2],{}]", "{\"a\":{\"b\":\"}\"}}", "-1.5e3", "\"\\u0041\""];
        for (var round = 0; round < rounds; round++)
        {
            var pairs = Enumerable.Range(0, random.Next(0, 12))
                .Select(number => (Name: random.Next(2) == 0 ? lifted[random.Next(lifted.Length)] : $"p{number}", Value: values[random.Next(values.Length)]))
                .DistinctBy(pair => pair.Name).ToArray();
            var space = random.Next(3) == 0 ? " " : "";
            var properties = $"{{{space}{string.Join($"{space},{space}", pairs.Select(pair => $"\"{pair.Name}\"{space}:{space}{pair.Value}"))}{space}}}";
            var items = Translate(An("a", properties[1..^1]));

            var expected = JsonNode.Parse(properties)!.AsObject();
            foreach (var name in lifted) expected.Remove(name);
            var item = items.Single(item => item.Kind == ItemKind.Event);
            Assert.True(JsonNode.DeepEquals(expected, item.Json), $"seed {seed} round {round}: {properties} became {item.Body}");
        }
        FullRun.Keep(this, $"{rounds:N0} random events, seed {seed}: each became what a naive reading gives");
    }

    static string An(string name, string properties) => $"{{\"event\":\"{name}\",\"properties\":{{{properties}}}}}";

    static EventRules Strict(IdentityMode mode) => new(IsStrict: true, AllowsMerge: true, mode);

    static IReadOnlyList<SeenItem> Translate(string json) => Translate(Encoding.UTF8.GetBytes(json));

    static IReadOnlyList<SeenItem> Translate(byte[] json)
    {
        using var batch = Batch();
        Assert.Equal(RejectReason.None, Fill(batch, json, EventRules.Track));
        return SeenItem.All(batch);
    }

    // Received at 2025-06-15T12:00:00Z.
    static ItemBatch Batch() => new(Dialect.Mixpanel, 1749988800000);

    static RejectReason Fill(ItemBatch batch, string json, EventRules rules) => Fill(batch, Encoding.UTF8.GetBytes(json), rules);

    static RejectReason Fill(ItemBatch batch, byte[] json, EventRules rules)
    {
        var body = RequestBody.ReadAsync(new MemoryStream(json), null, null, MixpanelLimits.Body, TimeProvider.System, default).AsTask().Result;
        var flags = new MixpanelFlags();
        var payload = MixpanelPayload.Unwrap(body, "application/json", "", keepsInvalidUtf8: rules.IsStrict, ref flags);
        return payload.Fault != RejectReason.None ? payload.Fault : MixpanelRecords.Translate(payload, new EventTranslator(rules), batch);
    }
}
