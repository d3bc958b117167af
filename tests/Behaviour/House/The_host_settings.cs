using System.Text.Json;
using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.House;

/// <summary>host.json stands at the top, where Functions tooling and people look for it, and travels with the app.</summary>
public sealed class The_host_settings
{
    [Fact]
    public void Lie_beside_the_built_app_as_they_stand_at_the_top() =>
        Assert.Equal(
            File.ReadAllText(RepositoryFolder.Of("host.json")),
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "host.json")));

    [Fact]
    public void Put_nothing_before_a_route()
    {
        using var settings = JsonDocument.Parse(File.ReadAllText(RepositoryFolder.Of("host.json")));
        Assert.Equal("", settings.RootElement.GetProperty("extensions").GetProperty("http").GetProperty("routePrefix").GetString());
    }
}
