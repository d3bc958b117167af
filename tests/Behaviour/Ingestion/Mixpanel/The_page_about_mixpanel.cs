using Cairn.Api.Ingest.Mixpanel;
using Cairn.Ingestion.Mixpanel;
using Cairn.Model.Profiles;
using Cairn.Support;
using Cairn.Support.Ingest;
using Xunit;

namespace Cairn.Behaviour.Ingestion.Mixpanel;

/// <summary>docs/wire/mixpanel.md says what the code does.</summary>
public class The_page_about_mixpanel
{
    const string Page = "docs/wire/mixpanel.md";
    const string Event = "{\"event\":\"a\",\"properties\":{\"token\":\"" + MixpanelServer.Token + "\"}}";

    [Fact]
    public async Task Lists_the_operations_in_the_order_they_apply()
    {
        var rows = DocTable.Rows(Page, "| operation | becomes | argument |").ToArray();
        var sent = string.Join(',', rows.Reverse().Select(row => $"\"{row[0]}\":{(row[0] == "$unset" ? "[]" : "{}")}"));
        var server = new MixpanelServer();
        await server.PostAsync("/engage", $"{{\"$token\":\"{MixpanelServer.Token}\",\"$distinct_id\":\"d\",{sent}}}");
        Assert.Equal(rows.Select(row => row[1]), Assert.Single(server.Door.Items).Json.Select(pair => pair.Key));
        Assert.Equal(9, rows.Length);
        Assert.All(rows, row => Assert.True(ProfileOperations.TryParse(System.Text.Encoding.UTF8.GetBytes(row[1]), out _)));
    }

    [Fact]
    public async Task Lists_the_properties_that_leave_the_body()
    {
        var rows = DocTable.Rows(Page, "| property | becomes | stays a property |").ToArray();
        Assert.Equal(10, rows.Length);
        foreach (var row in rows)
            foreach (var name in row[0].Split(", "))
            {
                var server = new MixpanelServer();
                await server.PostAsync("/track", $"{{\"event\":\"a\",\"properties\":{{\"{name}\":\"\",\"x\":1}}}}");
                Assert.Equal(row[2] == "yes", Assert.Single(server.Door.Items).Json.ContainsKey(name));
            }
    }

    [Fact]
    public void Tells_the_limits()
    {
        var rows = DocTable.Rows(Page, "| what | at most |").ToDictionary(row => row[0], row => row[1].Replace(",", "", StringComparison.Ordinal));
        Assert.Equal($"{MixpanelLimits.MaxBodyBytes}", rows["bytes of a body, on the wire and inflated"]);
        Assert.Equal($"{MixpanelLimits.MaxRecords}", rows["records in a request"]);
        Assert.Equal($"{MixpanelLimits.MaxRecordBytes}", rows["bytes of a record"]);
        Assert.Equal($"{MixpanelLimits.MaxProperties}; {MixpanelLimits.MaxStrictProperties}", rows["properties of a record; of an event at a strict import"]);
        Assert.Equal($"{MixpanelLimits.MaxDepth}", rows["levels of lists and objects in a property"]);
        Assert.Equal($"{MixpanelLookupTableEndpoint.MaxTableBytes}", rows["bytes of a lookup table"]);
    }

    [Fact]
    public async Task Shows_the_answers_to_the_byte()
    {
        foreach (var row in DocTable.Rows(Page, "| request | good | bad |"))
        {
            var query = row[0].Contains('=', StringComparison.Ordinal) ? "?" + row[0] : "";
            Assert.Equal(row[1], (await new MixpanelServer().PostAsync("/track" + query, Event)).Text);
            Assert.Equal(row[2], (await new MixpanelServer().PostAsync("/track" + query, "")).Text);
        }
        const string Good = """{"event":"a","properties":{"time":1749988800,"distinct_id":"d","$insert_id":"i"}}""";
        foreach (var row in DocTable.Rows(Page, "| request | all good | some bad | nothing good |"))
        {
            var query = row[0].Contains('=', StringComparison.Ordinal) ? "?" + row[0] : "";
            Assert.Equal(row[1], (await new MixpanelServer().ImportAsync(query, $"[{Good},{Good}]")).Text);
            var nothing = await new MixpanelServer().ImportAsync(query, "[{}]");
            if (row[3] == "400") Assert.Equal(400, nothing.Status);
            else Assert.Equal(row[3], nothing.Text);
        }
    }
}
