using System.Text.Json;
using System.Text.RegularExpressions;
using Cairn.Cloud;
using Cairn.Support;
using Cairn.Support.Cost;
using Xunit;

namespace Cairn.Behaviour.Infra;

/// <summary>infra/*.bicep: compiled by Microsoft's compiler with its linter, and compared with the code that is deployed.</summary>
public sealed class The_templates
{
    /// <summary>One version of each type's interface, changed on purpose.</summary>
    static readonly string[] PinnedVersions =
    [
        "Microsoft.Authorization/roleAssignments@2022-04-01",
        "Microsoft.Consumption/budgets@2023-11-01",
        "Microsoft.EventHub/namespaces/eventhubs/consumergroups@2024-01-01",
        "Microsoft.EventHub/namespaces/eventhubs@2024-01-01",
        "Microsoft.EventHub/namespaces@2024-01-01",
        "Microsoft.Insights/actionGroups@2023-01-01",
        "Microsoft.Insights/components@2020-02-02",
        "Microsoft.Insights/diagnosticSettings@2021-05-01-preview", // there is no other
        "Microsoft.Insights/metricAlerts@2018-03-01",
        "Microsoft.Insights/scheduledQueryRules@2023-12-01",
        "Microsoft.Insights/workbooks@2023-06-01",
        "Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31",
        "Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01",
        "Microsoft.Network/privateDnsZones@2024-06-01",
        "Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-05-01",
        "Microsoft.Network/privateEndpoints@2024-05-01",
        "Microsoft.Network/virtualNetworks@2024-05-01",
        "Microsoft.OperationalInsights/workspaces@2023-09-01",
        "Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01",
        "Microsoft.Storage/storageAccounts/blobServices@2024-01-01",
        "Microsoft.Storage/storageAccounts/tableServices@2024-01-01",
        "Microsoft.Storage/storageAccounts@2024-01-01",
        "Microsoft.Web/serverfarms@2024-04-01",
        "Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01",
        "Microsoft.Web/sites/config@2024-04-01",
        "Microsoft.Web/sites@2024-04-01",
    ];

    /// <summary>https://learn.microsoft.com/azure/role-based-access-control/built-in-roles</summary>
    static readonly Dictionary<string, string> BuiltInRoles = new()
    {
        ["b7e6dc6d-f1e8-4753-8033-0f276bb0955b"] = "Storage Blob Data Owner",
        ["ba92f5b4-2d11-453d-a403-e96b0029c9fe"] = "Storage Blob Data Contributor",
        ["0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"] = "Storage Table Data Contributor",
        ["a638d3c7-ab3a-418d-83e6-5f17a39d4fde"] = "Azure Event Hubs Data Receiver",
        ["2b629674-e913-4c01-ae53-ef4638d8f975"] = "Azure Event Hubs Data Sender",
        ["3913510d-42f4-4e42-8a64-420c390055eb"] = "Monitoring Metrics Publisher",
    };

    static readonly string[] Files = [.. Directory.GetFiles(RepositoryFolder.Of("infra"), "*.bicep", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    [Fact]
    public void Compile_without_a_word_of_the_linter() => Assert.Equal("", CompiledTemplates.Complaints);

    [Fact]
    public void Are_all_part_of_the_deployment()
    {
        var used = Regex.Matches(File.ReadAllText(RepositoryFolder.Of("infra", "main.bicep")), @"^module \w+ '(.+?)'", RegexOptions.Multiline).Select(match => match.Groups[1].Value);
        Assert.Equal(
            Directory.GetFiles(RepositoryFolder.Of("infra", "modules"), "*.bicep").Select(file => $"modules/{Path.GetFileName(file)}").Order(StringComparer.Ordinal),
            used.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Describe_every_parameter_and_every_output()
    {
        Assert.All(CompiledTemplates.Modules.Append(CompiledTemplates.Main), template =>
        {
            foreach (var kind in new[] { "parameters", "outputs" })
            {
                if (!template.TryGetProperty(kind, out var values)) continue;
                foreach (var value in values.EnumerateObject())
                    Assert.True(value.Value.TryGetProperty("metadata", out var metadata) && metadata.GetProperty("description").GetString() is { Length: > 3 }, $"{kind}: {value.Name} is not described");
            }
        });
    }

    [Fact]
    public void Use_one_pinned_version_of_each_resource_type() =>
        Assert.Equal(PinnedVersions, CompiledTemplates.Resources.Select(resource => $"{CompiledTemplates.TypeOf(resource)}@{resource.GetProperty("apiVersion")}").Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void Give_roles_that_are_what_their_names_say()
    {
        var named = new Dictionary<string, string>();
        foreach (var file in Files)
        {
            foreach (Match match in Regex.Matches(File.ReadAllText(file), @"(?<name>\w+): '(?<id>[0-9a-f]{8}-[0-9a-f-]{27})'"))
                named[match.Groups["id"].Value] = match.Groups["name"].Value;
        }
        Assert.Equal(
            BuiltInRoles.ToDictionary(role => role.Key, role => string.Concat(role.Value.Replace("Azure ", "", StringComparison.Ordinal).Split(' ')).ToUpperInvariant()),
            named.ToDictionary(role => role.Key, role => role.Value.ToUpperInvariant()));
        // Whatever else looks like a role must be one of the table.
        Assert.All(Files, file => Assert.All(
            Regex.Matches(File.ReadAllText(file), @"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), id => Assert.Contains(id.Value, BuiltInRoles.Keys)));
    }

    [Fact]
    public void Give_every_role_on_one_resource()
    {
        var assignments = CompiledTemplates.Resources.Where(resource => CompiledTemplates.TypeOf(resource) == "Microsoft.Authorization/roleAssignments").ToList();
        Assert.NotEmpty(assignments);
        Assert.All(assignments, assignment => Assert.True(assignment.TryGetProperty("scope", out _), assignment.GetProperty("name").GetString()));
    }

    [Fact]
    public void Let_nobody_in_by_a_key()
    {
        var storage = File.ReadAllText(RepositoryFolder.Of("infra", "modules", "storage.bicep"));
        Assert.Contains("allowSharedKeyAccess: false", storage, StringComparison.Ordinal);
        Assert.All(All("Microsoft.Storage/storageAccounts"), account => Assert.Contains("variables('common')", Properties(account).GetRawText().Replace("\\u0027", "'", StringComparison.Ordinal), StringComparison.Ordinal));
        Assert.All(All("Microsoft.EventHub/namespaces"), hub => Assert.True(Properties(hub).GetProperty("disableLocalAuth").GetBoolean()));
        Assert.All(All("Microsoft.Insights/components"), insights => Assert.True(Properties(insights).GetProperty("DisableLocalAuth").GetBoolean()));
        Assert.All(All("Microsoft.Web/sites"), app => Assert.True(Properties(app).GetProperty("httpsOnly").GetBoolean()));
        Assert.All(All("Microsoft.Web/sites/basicPublishingCredentialsPolicies"), policy => Assert.False(Properties(policy).GetProperty("allow").GetBoolean()));
        Assert.All(Files, file => Assert.DoesNotMatch(@"listKeys|listSecrets|AccountKey|SharedAccessKey\b", File.ReadAllText(file)));
    }

    /// <summary>What an erasure deletes is gone: nothing keeps another copy.</summary>
    [Fact]
    public void Keep_no_copies_of_what_is_deleted()
    {
        var lake = All("Microsoft.Storage/storageAccounts/blobServices").Single(service => Properties(service).TryGetProperty("changeFeed", out _));
        Assert.False(Properties(lake).GetProperty("isVersioningEnabled").GetBoolean());
        foreach (var keeper in new[] { "changeFeed", "restorePolicy", "deleteRetentionPolicy", "containerDeleteRetentionPolicy" })
            Assert.False(Properties(lake).GetProperty(keeper).GetProperty("enabled").GetBoolean(), keeper);
        Assert.False(CompiledTemplates.Main.GetProperty("parameters").GetProperty("captureEnabled").GetProperty("defaultValue").GetBoolean());
    }

    [Fact]
    public void Name_the_hub_and_the_consumer_group_as_the_app_does()
    {
        var stream = File.ReadAllText(RepositoryFolder.Of("infra", "modules", "stream.bicep"));
        Assert.Contains($"var hubName = '{CloudServices.HubName}'", stream, StringComparison.Ordinal);
        Assert.Contains($"var consumerGroupName = '{CloudServices.ConsumerGroup}'", stream, StringComparison.Ordinal);
        Assert.Contains($"var lakeContainerName = '{CloudServices.ContainerName}'", File.ReadAllText(RepositoryFolder.Of("infra", "modules", "storage.bicep")), StringComparison.Ordinal);
    }

    [Fact]
    public void Name_the_settings_of_clickhouse_as_its_page_does()
    {
        var page = File.ReadAllText(RepositoryFolder.Of("docs", "operations", "clickhouse.md"));
        var named = Regex.Matches(File.ReadAllText(RepositoryFolder.Of("infra", "main.bicep")), @"QueryEngine__\w+").Select(match => match.Value).ToList();
        Assert.True(named.Count >= 7);
        Assert.All(named, name => Assert.Contains($"`{name}`", page, StringComparison.Ordinal));
    }

    /// <summary>The page about cost is computed with it, and "within ten seconds" has room for it.</summary>
    [Fact]
    public void Let_batches_wait_as_long_as_the_page_about_cost_says() => Assert.Contains(
        $"AzureFunctionsJobHost__extensions__eventHubs__maxWaitTime: '00:00:0{CostOfMonth.MaxWaitSeconds}'", File.ReadAllText(RepositoryFolder.Of("infra", "modules", "app.bicep")), StringComparison.Ordinal);

    [Theory]
    [InlineData("app.bicep", "var backgroundFunctions = [", "]")]
    [InlineData("alerts.bicep", "Name in (", ")")]
    public void Know_every_function_that_no_request_starts(string module, string before, string after)
    {
        var text = File.ReadAllText(RepositoryFolder.Of("infra", "modules", module));
        var begin = text.IndexOf(before, StringComparison.Ordinal) + before.Length;
        var listed = text[begin..text.IndexOf(after, begin, StringComparison.Ordinal)].Split(',').Select(name => name.Trim(' ', '\'', '"'));
        Assert.Equal(
            ListedFunction.InAssembly.Where(function => function.Trigger is "clock" or "stream").Select(function => function.Name).Order(StringComparer.Ordinal),
            listed.Order(StringComparer.Ordinal));
    }

    /// <summary>https://learn.microsoft.com/azure/azure-functions/functions-app-settings, "Flex Consumption plan deprecations".</summary>
    [Fact]
    public void Set_nothing_that_flex_consumption_refuses() => Assert.All(Files, file => Assert.DoesNotMatch(
        "FUNCTIONS_WORKER_RUNTIME|FUNCTIONS_EXTENSION_VERSION|WEBSITE_RUN_FROM_PACKAGE|WEBSITE_CONTENT|SCM_DO_BUILD|ENABLE_ORYX|WEBSITE_MAX_DYNAMIC|WEBSITE_USE_PLACEHOLDER|WEBSITE_TIME_ZONE", File.ReadAllText(file)));

    [Fact]
    public void Run_the_runtime_that_the_app_is_built_for()
    {
        var runtime = Properties(All("Microsoft.Web/sites").First()).GetProperty("functionAppConfig").GetProperty("runtime");
        Assert.Equal(("dotnet-isolated", $"{Environment.Version.Major}.{Environment.Version.Minor}"), (runtime.GetProperty("name").GetString(), runtime.GetProperty("version").GetString()));
    }

    static IReadOnlyList<JsonElement> All(string type)
    {
        JsonElement[] all = [.. CompiledTemplates.Resources.Where(resource => CompiledTemplates.TypeOf(resource) == type)];
        Assert.NotEmpty(all);
        return all;
    }

    static JsonElement Properties(JsonElement resource) => resource.GetProperty("properties");
}
