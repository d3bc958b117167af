using System.Text.Json;
using Cairn.Support;
using Xunit;

namespace Cairn.EndToEnd.Sdks;

/// <summary>The vendors' SDKs as published on npm, pointed at the running server: no failed callback, and everything is in the answers.</summary>
public sealed class Published_SDKs_need_only_another_host(CairnFixture fixture) : IClassFixture<CairnFixture>
{
    readonly RunningCairn cairn = fixture.Cairn;

    [Fact]
    public async Task Mixpanel_for_Node()
    {
        var seen = await SdkDriver.RunAsync("mixpanel-node.mjs", cairn, cairn.Keys.Token);
        Assert.Empty(Texts(seen, "failures"));
        var events = await ExportedEvents.WaitForAsync(cairn, "Node ", 123);
        Assert.Equal(120, events.CountOf("Node Batched"));
        Assert.Equal(1, events.CountOf("Node Imported"));
        Assert.All("abc", name => Assert.Equal(4096, events.Only("Node Big").GetProperty(name.ToString()).GetString()!.Length));
        Assert.Equal("cödé 😀", events.Only("Node Signed Up").GetProperty("Ünï").GetString());
        Assert.Equal(123, events.Count);
        var profile = await ProfileAsync("node-ann", properties => properties.TryGetProperty("$transactions", out _));
        Assert.Equal(3, profile.GetProperty("logins").GetDouble());
        Assert.Equal("free", profile.GetProperty("first_plan").GetString());
        Assert.False(profile.TryGetProperty("plan", out _));
        Assert.Equal("[\"a\",\"b\"]", profile.GetProperty("tags").GetRawText());
    }

    [Fact]
    public async Task Mixpanel_in_a_browser()
    {
        var seen = await SdkDriver.RunAsync("mixpanel-browser.mjs", cairn, cairn.Keys.Token);
        Assert.Empty(Texts(seen, "complaints"));
        Assert.Empty(Texts(seen.GetProperty("returned"), "seen"));
        Assert.Equal(1, seen.GetProperty("returned").GetProperty("single").GetInt32());
        var events = await ExportedEvents.WaitForAsync(cairn, "Browser ", 4);
        Assert.Equal(4, events.Count); // "Last Words" goes out twice when the page hides, and counts once
        Assert.Equal("😀", events.Only("Browser Anonymous").GetProperty("emoji").GetString());
        // The anonymous event belongs to the person who signed in later.
        Assert.Equal("browser-ann", events.Only("Browser Anonymous").GetProperty("distinct_id").GetString());
        var profile = await ProfileAsync("browser-ann", properties => properties.TryGetProperty("visits", out _) && properties.TryGetProperty("city", out _));
        Assert.Equal(2, profile.GetProperty("visits").GetDouble());
        Assert.Equal("Zürich", profile.GetProperty("city").GetString());
    }

    [Fact]
    public async Task Amplitude_for_Node()
    {
        var seen = await SdkDriver.RunAsync("amplitude-node.mjs", cairn, cairn.Keys.ApiKey);
        Assert.Empty(seen.GetProperty("failures").EnumerateArray());
        Assert.Empty(Texts(seen, "complaints"));
        var events = await ExportedEvents.WaitForAsync(cairn, "Amp Node ", 51);
        Assert.Equal(50, events.CountOf("Amp Node Event"));
        Assert.Equal("amp-user-0", events.Only("Amp Node Anonymous").GetProperty("distinct_id").GetString());
        var profile = await ProfileAsync("amp-user-0", properties => properties.TryGetProperty("credits", out _));
        Assert.Equal("gold", profile.GetProperty("tier").GetString());
        Assert.Equal(4, profile.GetProperty("credits").GetDouble());
    }

    [Fact]
    public async Task Amplitude_in_a_browser()
    {
        var seen = await SdkDriver.RunAsync("amplitude-browser.mjs", cairn, cairn.Keys.ApiKey);
        Assert.Empty(Texts(seen, "complaints"));
        Assert.All(seen.GetProperty("returned").GetProperty("codes").EnumerateArray(), code => Assert.Equal(200, code.GetInt32()));
        var events = await ExportedEvents.WaitForAsync(cairn, "Amp Browser ", 2);
        Assert.Equal("amp-browser-ann", events.Only("Amp Browser Anonymous").GetProperty("distinct_id").GetString());
        Assert.Equal("😀", events.Only("Amp Browser Anonymous").GetProperty("emoji").GetString());
        var profile = await ProfileAsync("amp-browser-ann", properties => properties.TryGetProperty("visits", out _));
        Assert.Equal(2, profile.GetProperty("visits").GetDouble());
    }

    [Fact]
    public async Task Segment_for_Node()
    {
        var seen = await SdkDriver.RunAsync("segment-node.mjs", cairn, cairn.Keys.WriteKey);
        Assert.Empty(Texts(seen, "failures"));
        Assert.Equal(36, seen.GetProperty("called").GetInt32());
        var events = await ExportedEvents.WaitForAsync(cairn, "Seg Node ", 31);
        Assert.Equal(30, events.CountOf("Seg Node Event"));
        Assert.Equal("seg-ann", events.Only("Seg Node Anonymous").GetProperty("distinct_id").GetString());
        var profile = await ProfileAsync("seg-ann", properties => properties.TryGetProperty("plan", out _));
        Assert.Equal("pro", profile.GetProperty("plan").GetString());
    }

    [Fact]
    public async Task Segment_in_a_browser()
    {
        var seen = await SdkDriver.RunAsync("segment-browser.mjs", cairn, cairn.Keys.WriteKey);
        Assert.Empty(Texts(seen, "complaints"));
        var events = await ExportedEvents.WaitForAsync(cairn, "Seg Browser ", 2);
        Assert.Equal("seg-browser-ann", events.Only("Seg Browser Anonymous").GetProperty("distinct_id").GetString());
        Assert.Equal(3, events.Only("Seg Browser Known").GetProperty("price").GetDouble());
        var profile = await ProfileAsync("seg-browser-ann", properties => properties.TryGetProperty("plan", out _));
        Assert.Equal("pro", profile.GetProperty("plan").GetString());
    }

    async Task<JsonElement> ProfileAsync(string id, Func<JsonElement, bool> satisfied)
    {
        using var reader = cairn.AsMixpanelReader();
        return await Eventually.AsyncUntil(satisfied, async () =>
        {
            using var answer = await reader.GetAsync(new Uri($"/api/v1/profiles/{Uri.EscapeDataString(id)}", UriKind.Relative));
            return answer.IsSuccessStatusCode
                ? JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("properties")
                : JsonDocument.Parse("{}").RootElement;
        });
    }

    static IEnumerable<string> Texts(JsonElement element, string name) =>
        element.GetProperty(name).EnumerateArray().Select(text => text.GetString()!);
}
