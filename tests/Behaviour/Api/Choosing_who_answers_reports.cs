using Cairn.Api;
using Cairn.Query.ClickHouse;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Cairn.Behaviour.Api;

/// <summary>The settings <c>QueryEngine__…</c>.</summary>
public class Choosing_who_answers_reports
{
    [Fact]
    public void Is_the_built_in_engine_where_nothing_is_set() => Assert.Null(QueryEngineSettings.Read(Of()).Of("1"));

    [Fact]
    public void Is_for_the_deployment_and_for_single_projects()
    {
        var servers = QueryEngineSettings.Read(Of(
            ("Kind", "clickhouse"), ("Url", "https://one.example.com:8443/"), ("User", "cairn"), ("Password", "secret"), ("LakeConnection", "AccountName=a"), ("Cluster", "six"), ("TimeoutSeconds", "30"),
            ("Projects:2:Url", "https://two.example.com:8443/"), ("Projects:2:FallsBack", "false"), ("Projects:3:Kind", "builtin")));

        var one = new ClickHouseOptions(new("https://one.example.com:8443/"), "cairn", "secret", new ClickHouseLake.Azure("AccountName=a", "cairn", "six"), FallsBack: true) { Timeout = TimeSpan.FromSeconds(30) };
        Assert.Equal(one, servers.Of("1"));
        Assert.Equal(one with { Url = new("https://two.example.com:8443/"), FallsBack = false }, servers.Of("2"));
        Assert.Null(servers.Of("3"));
        Assert.Equal(2, servers.All.Distinct().Count());
    }

    [Theory]
    [InlineData("Kind", "spark")]
    [InlineData("Url", "nowhere")]
    [InlineData("TimeoutSeconds", "230")]
    [InlineData("FallsBack", "perhaps")]
    [InlineData("LakeConnection", "")]
    public void Names_a_setting_that_can_not_be(string name, string value)
    {
        var settings = new Dictionary<string, string> { ["Kind"] = "clickhouse", ["Url"] = "http://localhost:8123/", ["LakeConnection"] = "AccountName=a", [name] = value };
        var fault = Assert.Throws<FormatException>(() => QueryEngineSettings.Read(Of([.. settings.Select(setting => (setting.Key, setting.Value))])));
        Assert.Contains($"QueryEngine__{name}", fault.Message, StringComparison.Ordinal);
    }

    static IConfiguration Of(params (string Name, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => new KeyValuePair<string, string?>($"QueryEngine:{setting.Name}", setting.Value))).Build();
}
