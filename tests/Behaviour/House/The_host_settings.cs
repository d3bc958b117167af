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

    /// <summary>Schedules that are settings need one on either side, or the host does not start.</summary>
    [Fact]
    public void Have_every_schedule_on_a_machine_and_on_azure()
    {
        var schedules = ListedFunction.InAssembly.Where(function => function.Trigger == "clock" && function.Route.StartsWith('%'))
            .Select(function => function.Route.Trim('%').Replace(":", "__", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(schedules);
        using var local = JsonDocument.Parse(File.ReadAllText(RepositoryFolder.Of("local.settings.json")));
        Assert.Equal(schedules, local.RootElement.GetProperty("Values").EnumerateObject().Select(value => value.Name));
        var azure = File.ReadAllText(RepositoryFolder.Of("infra", "modules", "app.bicep"));
        Assert.All(schedules, schedule => Assert.Matches($@"\n *{schedule}: '[0-9*/ ]+'\n", azure));
    }

    [Fact]
    public void Put_nothing_before_a_route()
    {
        using var settings = JsonDocument.Parse(File.ReadAllText(RepositoryFolder.Of("host.json")));
        Assert.Equal("", settings.RootElement.GetProperty("extensions").GetProperty("http").GetProperty("routePrefix").GetString());
    }
}
