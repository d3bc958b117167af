using Cairn.EndToEnd.Sdks;
using Cairn.Support;
using Xunit;

namespace Cairn.EndToEnd.FirstPage;

/// <summary>What a newcomer copies from the first page, run as it stands with the published SDKs.</summary>
public sealed class The_snippets(CairnFixture fixture) : IClassFixture<CairnFixture>
{
    readonly RunningCairn cairn = fixture.Cairn;

    [Fact]
    public async Task Send_their_event_without_a_change()
    {
        var seen = await SdkDriver.RunAsync("snippets.mjs", cairn, cairn.Keys.Token,
            ("CAIRN_WRITE_KEY", cairn.Keys.WriteKey), ("CAIRN_SNIPPETS", RepositoryFolder.Of("src", "Dashboard", "first-page", "snippets.js")));
        var said = seen.GetProperty("said").EnumerateArray().ToList();
        Assert.Equal(["Mixpanel Node", "Amplitude Node", "Segment Node", "curl"], said.Select(one => one.GetProperty("name").GetString()));
        Assert.All(said, one => Assert.Equal("", one.GetProperty("complaints").GetString()));
        Assert.Contains("\"status\":1", said[^1].GetProperty("output").GetString(), StringComparison.Ordinal);
        var events = await ExportedEvents.WaitForAsync(cairn, "Signed Up", said.Count);
        Assert.Equal(said.Count, events.Count);
    }
}
