using System.Net.Http.Json;
using System.Text.Json;
using Cairn.EndToEnd.Sdks;
using Cairn.Support;
using Xunit;

namespace Cairn.EndToEnd.FirstPage;

/// <summary>What a newcomer sees in a real browser after the first start.</summary>
public sealed class The_first_page(CairnFixture fixture) : IClassFixture<CairnFixture>
{
    readonly RunningCairn cairn = fixture.Cairn;

    [Fact]
    public async Task Gets_a_newcomer_going()
    {
        using var admin = cairn.AsAdmin();
        using var made = await admin.PostAsJsonAsync(new Uri($"/api/v1/projects/{cairn.Keys.ProjectId}/sign-in-links", UriKind.Relative), new { role = "viewer" });
        made.EnsureSuccessStatusCode();
        var link = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("url").GetString()!;

        var seen = await SdkDriver.RunAsync("first-page.mjs", cairn, cairn.Keys.Token, ("CAIRN_LINK", link));

        // What a page asks after signing out is a 401, which browsers log; nothing else may be.
        Assert.All(seen.GetProperty("complaints").EnumerateArray(), complaint => Assert.Contains("401", complaint.GetString(), StringComparison.Ordinal));
        Assert.Contains(cairn.Keys.ApiKey, seen.GetProperty("snippet").GetString(), StringComparison.Ordinal);
        Assert.Contains($"{cairn.Url.GetLeftPart(UriPartial.Authority)}/2/httpapi", seen.GetProperty("snippet").GetString(), StringComparison.Ordinal);
        Assert.EndsWith("?sdk=Amplitude%20Node", seen.GetProperty("address").GetString(), StringComparison.Ordinal);
        Assert.Equal([cairn.Keys.Token, cairn.Keys.ApiKey, cairn.Keys.WriteKey], seen.GetProperty("tokens").EnumerateArray().Select(token => token.GetString()));
        Assert.Equal(410, seen.GetProperty("secondUse").GetInt32());
        Assert.Equal(["Sign in"], seen.GetProperty("signedOutSees").EnumerateArray().Select(heading => heading.GetString()));
        Assert.Equal(0, seen.GetProperty("madeOfMarkup").GetInt32());
        Assert.Equal(0, seen.GetProperty("wider").GetInt32());
        Assert.InRange(seen.GetProperty("eventWidth").GetInt32(), 150, 375);
        Assert.Equal(["Sign in"], seen.GetProperty("strangerSees").EnumerateArray().Select(heading => heading.GetString()));
    }
}
