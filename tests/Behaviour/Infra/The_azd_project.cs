using System.Text.Json;
using System.Text.RegularExpressions;
using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.Infra;

/// <summary>azure.yaml, the parameters that azd fills in, and its hooks.</summary>
public sealed class The_azd_project
{
    static readonly string Project = File.ReadAllText(RepositoryFolder.Of("azure.yaml"));

    [Fact]
    public void Deploys_to_apps_that_are_tagged_with_its_services()
    {
        var services = Regex.Matches(Section("services"), @"^  (\w+):", RegexOptions.Multiline).Select(match => match.Groups[1].Value);
        var tagged = Regex.Matches(File.ReadAllText(RepositoryFolder.Of("infra", "main.bicep")), @"serviceName: '(\w+)'").Select(match => match.Groups[1].Value);
        Assert.Equal(tagged.Order(StringComparer.Ordinal), services.Order(StringComparer.Ordinal));
        Assert.All(Regex.Matches(Section("services"), @"project: (\S+)"), project => Assert.Single(Directory.GetFiles(RepositoryFolder.Of(project.Groups[1].Value), "*.*proj")));
    }

    /// <summary>An app for queries that nobody asked for would have no resource to be deployed to, and azd would stop.</summary>
    [Fact]
    public void Leaves_the_app_for_queries_out_unless_it_is_asked_for() =>
        Assert.Contains("condition: ${CAIRN_SPLIT_QUERY=false}", Section("services"), StringComparison.Ordinal);

    [Fact]
    public void Fills_in_every_parameter_and_no_other()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(RepositoryFolder.Of("infra", "main.parameters.json")));
        Assert.Equal(
            CompiledTemplates.Main.GetProperty("parameters").EnumerateObject().Select(parameter => parameter.Name).Order(StringComparer.Ordinal),
            file.RootElement.GetProperty("parameters").EnumerateObject().Select(parameter => parameter.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Has_the_defaults_of_the_templates()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(RepositoryFolder.Of("infra", "main.parameters.json")));
        var templates = CompiledTemplates.Main.GetProperty("parameters");
        foreach (var parameter in file.RootElement.GetProperty("parameters").EnumerateObject())
        {
            var match = Regex.Match(parameter.Value.GetProperty("value").GetString()!, @"^\$\{\w+=(.*)\}$");
            if (match.Success) Assert.Equal(templates.GetProperty(parameter.Name).GetProperty("defaultValue").ToString().ToUpperInvariant(), match.Groups[1].Value.ToUpperInvariant());
        }
    }

    [Fact]
    public void Runs_hooks_that_are_there_and_may_be_run()
    {
        var hooks = Regex.Matches(Section("hooks"), @"run: \./(\S+)").Select(match => RepositoryFolder.Of(match.Groups[1].Value.Split('/'))).ToList();
        Assert.Equal(Directory.GetFiles(RepositoryFolder.Of("infra", "hooks")).Order(StringComparer.Ordinal), hooks.Order(StringComparer.Ordinal));
        Assert.All(hooks, hook => Assert.True(File.GetUnixFileMode(hook).HasFlag(UnixFileMode.UserExecute), hook));
    }

    /// <summary>A top-level block of azure.yaml.</summary>
    static string Section(string name) => Regex.Match(Project, $@"^{name}:\n((?:^[ #].*\n?)+)", RegexOptions.Multiline).Groups[1].Value is { Length: > 0 } block
        ? block
        : throw new InvalidDataException($"azure.yaml has no {name}");
}
