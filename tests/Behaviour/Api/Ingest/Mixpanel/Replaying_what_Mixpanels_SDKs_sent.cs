using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Model;
using Cairn.Support;
using Cairn.Support.Ingest;
using Xunit;

namespace Cairn.Behaviour.Api.Ingest.Mixpanel;

/// <summary>Every recorded ingestion request of Mixpanel's SDKs gets the answer its SDK takes as success, and becomes what its decoded form says.</summary>
public class Replaying_what_Mixpanels_SDKs_sent
{
    static readonly string[] Ingestion = ["track", "engage", "groups", "import"];

    public static TheoryData<string, int> Requests() => Data(capture => !IsQuery(capture));

    public static TheoryData<string, int> Payloads() => Data(capture => Ingestion.Contains(Endpoint(capture)) && capture.Decoded is not null);

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Answers_as_the_SDK_needs(string file, int number)
    {
        var capture = Capture.Of(file, number);
        var server = ServerAt(capture);
        var answer = await server.SendAsync(Request(capture));

        Assert.Equal(capture.ExpectedStatus, answer.Status);
        if (capture.Headers.TryGetValue("origin", out var origin))
        {
            Assert.Equal(origin, answer.Headers.AccessControlAllowOrigin);
            Assert.Equal("true", answer.Headers.AccessControlAllowCredentials);
        }
        var expected = capture.ExpectedResponse!.Value;
        if (expected.ValueKind == JsonValueKind.Object) AssertSuccess(Endpoint(capture), expected, answer.Json.AsObject());
        else if (expected.GetString()!.Contains("image/gif", StringComparison.Ordinal)) Assert.Equal("image/gif", answer.Headers.ContentType);
        else Assert.Equal(expected.GetString(), answer.Text);
    }

    [Theory]
    [MemberData(nameof(Payloads))]
    public async Task Keeps_what_the_decoded_payload_says(string file, int number)
    {
        var capture = Capture.Of(file, number);
        var server = ServerAt(capture);
        await server.SendAsync(Request(capture));

        var decoded = capture.Decoded!.Value;
        var records = decoded.ValueKind == JsonValueKind.Array ? [.. decoded.EnumerateArray()] : (JsonElement[])[decoded];
        var items = server.Door.Items.Where(item => item.Kind != ItemKind.LinkClaim).ToArray();
        Assert.Equal(records.Length, items.Length);
        foreach (var (record, item) in records.Zip(items)) AssertSame(JsonNode.Parse(record.GetRawText())!.AsObject(), item);
    }

    /// <summary>A naive reading of a record, beside the translator's.</summary>
    static void AssertSame(JsonObject record, SeenItem item)
    {
        if (record["event"] is { } name)
        {
            var properties = record["properties"]!.AsObject();
            Assert.Equal(ItemKind.Event, item.Kind);
            Assert.Equal(name.GetValue<string>(), item.Name);
            Assert.Equal(Take(properties, "token"), item.Token);
            Assert.Equal(Take(properties, "distinct_id"), item.DistinctId);
            Assert.Equal(Take(properties, "$device_id"), item.DeviceId);
            Assert.Equal(Take(properties, "$user_id"), item.UserId);
            Assert.Equal(Take(properties, "$insert_id"), item.InsertId);
            Assert.Equal(Time(properties, "time"), item.SentTimeMs);
            properties.Remove("ip");
            if (properties["mp_lib"] is { } library) Assert.Equal($"{library}/{properties["$lib_version"]}", item.Sdk);
            AssertJson(properties, item.Body);
            return;
        }
        Assert.Equal(Take(record, "$token"), item.Token);
        Assert.Equal(Take(record, "$group_key"), item.Name);
        Assert.Equal(item.Name == "" ? Take(record, "$distinct_id") : Take(record, "$group_id"), item.DistinctId);
        Assert.Equal(Time(record, "$time"), item.SentTimeMs);
        var operations = new JsonObject();
        foreach (var (key, value) in record)
            if (key is "$set" or "$set_once" or "$add" or "$append" or "$union" or "$remove" or "$unset")
                operations[key[1..]] = value?.DeepClone();
        if (record.ContainsKey("$delete")) operations["delete"] = true;
        AssertJson(operations, item.Body);
    }

    static void AssertJson(JsonObject expected, string actual) =>
        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(actual)), $"expected {expected.ToJsonString()}\nactual   {actual}");

    static string Take(JsonObject from, string name)
    {
        from.Remove(name, out var value);
        return value?.ToString() ?? "";
    }

    static long Time(JsonObject from, string name)
    {
        if (!from.Remove(name, out var value) || value is null) return 0;
        var time = value.GetValue<double>();
        return (long)Math.Round(time > 1e12 ? time : time * 1000);
    }

    static void AssertSuccess(string endpoint, JsonElement expected, JsonObject answer)
    {
        switch (endpoint)
        {
            case "import":
                Assert.Equal(200, answer["code"]!.GetValue<int>());
                Assert.Equal(expected.GetProperty("num_records_imported").GetInt32(), answer["num_records_imported"]!.GetValue<int>());
                Assert.Null(answer["failed_records"]);
                break;
            case "flags":
                // Nobody is in a flag here; what an SDK needs is the object, or the list of definitions.
                Assert.Equal(expected.GetProperty("flags").ValueKind == JsonValueKind.Array ? "[]" : "{}", answer["flags"]!.ToJsonString());
                break;
            case "settings":
                Assert.Equal(0, answer["sdk_config"]!["config"]!["record_sessions_percent"]!.GetValue<int>());
                break;
            default:
                foreach (var member in expected.EnumerateObject())
                    Assert.True(JsonNode.DeepEquals(JsonNode.Parse(member.Value.GetRawText()), answer[member.Name]), $"{member.Name} in {answer.ToJsonString()}");
                break;
        }
    }

    static MixpanelServer ServerAt(Capture capture)
    {
        var server = new MixpanelServer();
        server.Clock.SetUtcNow(capture.At);
        return server;
    }

    // A proxy of the user's own takes its prefix off; we never see it.
    static Microsoft.AspNetCore.Http.HttpRequest Request(Capture capture)
    {
        var request = Sent.As(capture);
        request.Path = request.Path.Value!.Replace("/proxy/mp", "", StringComparison.Ordinal);
        return request;
    }

    static string Endpoint(Capture capture)
    {
        var parts = capture.Path.Trim('/').Split('/');
        return parts[0] switch
        {
            "proxy" => parts[2],
            "flags" when capture.Path.EndsWith("first-time-events", StringComparison.Ordinal) => "first-time-events",
            var first => first,
        };
    }

    static bool IsQuery(Capture capture) => capture.Path.StartsWith("/api/", StringComparison.Ordinal);

    static TheoryData<string, int> Data(Func<Capture, bool> isWanted)
    {
        var data = new TheoryData<string, int>();
        foreach (var capture in Capture.All("mixpanel-").Where(isWanted)) data.Add(capture.File, capture.Number);
        return data;
    }
}
