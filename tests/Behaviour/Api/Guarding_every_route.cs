using Cairn.Projects.Keys;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;
using Cairn.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Cairn.Behaviour.Api;

/// <summary>Calls every function of the golden list with no, wrong, too little and another project's credentials.</summary>
public sealed class Guarding_every_route(Guarding_every_route.World world) : IClassFixture<Guarding_every_route.World>
{
    const string Body = """{"name": "taken over", "role": "admin", "kind": "mixpanel_token", "event": "x", "properties": {}}""";

    public static TheoryData<string> Guarded => Names(NeedsRole);

    public static TheoryData<string> ForEverybody => Names(function => function.Access == "everybody");

    public static TheoryData<string> ForTheDeployment => Names(function => function.Access == "deployment");

    public static TheoryData<string> ByWriteToken => Names(function => function.Access == "write token");

    [Fact]
    public void The_golden_list_names_every_function_with_its_trigger_and_route()
    {
        var (there, listed) = (ListedFunction.InAssembly.Select(function => function.Signature), ListedFunction.Golden.Select(function => function.Signature));
        Assert.True(
            there.ToHashSet().SetEquals(listed),
            $"""
            tests/Golden/functions/functions.txt lacks, each with its access and a call:
            {string.Join('\n', there.Except(listed))}
            and lists what there is not:
            {string.Join('\n', listed.Except(there))}
            """);
    }

    [Fact]
    public void Every_function_says_who_may_call_it()
    {
        string[] known = ["everybody", "write token", "link", "deployment", "any role", "clock", "stream"];
        Assert.All(ListedFunction.Golden, function => Assert.True(
            known.Contains(function.Access) || NeedsRole(function), $"{function.Name}: '{function.Access}'"));
    }

    [Theory]
    [MemberData(nameof(Guarded))]
    public async Task Without_the_right_credentials_nobody_gets_in(string name)
    {
        var function = ListedFunction.Golden.Single(candidate => candidate.Name == name);
        var role = Enum.Parse<Role>(function.Access.Split(' ')[0], ignoreCase: true);
        var dialect = function.Access.Split(' ')[1];
        var forbidden = dialect is "import" or "flags" ? 401 : 403;

        Assert.Equal(401, await world.CallAsync(function, ""));
        var refused = dialect == "amplitude" ? 403 : 401;
        foreach (var wrong in world.WrongCredentials) Assert.Equal(refused, await world.CallAsync(function, wrong));
        if (role > Role.Writer) Assert.Equal(forbidden, await world.CallAsync(function, ProjectsApp.Basic(world.App.Keys.Token, "")));
        if (role > Role.Viewer) Assert.Equal(forbidden, await world.CallAsync(function, world.ViewerOfFirst));
        Assert.Equal(forbidden, await world.CallAsync(function, world.AdminOfOther));
        Assert.Equal(refused, await world.CallWithCookieAsync(function, "cairn_session_wrong"));

        await world.ExpectNothingChangedAsync();
    }

    [Theory]
    [MemberData(nameof(ForEverybody))]
    public async Task What_is_for_everybody_tells_everybody_the_same(string name)
    {
        var function = ListedFunction.Golden.Single(candidate => candidate.Name == name);

        var stranger = await world.SendAsync(function, "");
        var admin = await world.SendAsync(function, world.AdminOfOther);

        Assert.DoesNotContain(stranger.Status, new[] { 401, 403, 500 });
        Assert.Equal((stranger.Status, stranger.Body), (admin.Status, admin.Body));
        Assert.DoesNotContain(world.App.Keys.ProjectId, stranger.Body, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(ByWriteToken))]
    public async Task Without_a_known_write_token_nothing_is_taken(string name)
    {
        var function = ListedFunction.Golden.Single(candidate => candidate.Name == name);
        foreach (var credentials in new[] { "", world.AdminOfOther, ProjectsApp.Basic("0123456789abcdef0123456789abcdef", "") })
            Assert.InRange(await world.CallAsync(function, credentials), 200, 499);
        await world.ExpectNothingChangedAsync();
    }

    [Theory]
    [MemberData(nameof(ForTheDeployment))]
    public async Task The_deployments_own_routes_take_the_admin_key_and_nothing_less(string name)
    {
        var function = ListedFunction.Golden.Single(candidate => candidate.Name == name);
        Assert.Equal(401, await world.CallAsync(function, ""));
        foreach (var wrong in world.WrongCredentials) Assert.Equal(401, await world.CallAsync(function, wrong));
        Assert.Equal(403, await world.CallAsync(function, world.AdminOfOther));
        Assert.Equal(403, await world.CallAsync(function, world.ViewerOfFirst));
        await world.ExpectNothingChangedAsync();
    }

    [Fact]
    public async Task Routes_for_any_role_refuse_strangers_and_tell_others_nothing_of_a_project()
    {
        foreach (var function in ListedFunction.Golden.Where(function => function.Access == "any role"))
        {
            Assert.Equal(401, await world.CallAsync(function, ""));
            foreach (var wrong in world.WrongCredentials) Assert.Equal(401, await world.CallAsync(function, wrong));
            Assert.DoesNotContain(world.App.Keys.ProjectId, (await world.SendAsync(function, world.AdminOfOther)).Body, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_link_with_a_wrong_code_gives_no_session()
    {
        var reply = await world.SendAsync(ListedFunction.Golden.Single(function => function.Access == "link"), "");
        Assert.Equal(410, reply.Status);
        Assert.DoesNotContain("Set-Cookie", reply.Headers.Keys, StringComparer.OrdinalIgnoreCase);
    }

    static bool NeedsRole(ListedFunction function) => Enum.TryParse<Role>(function.Access.Split(' ')[0], ignoreCase: true, out _);

    static TheoryData<string> Names(Func<ListedFunction, bool> wanted) => [.. ListedFunction.Golden.Where(wanted).Select(function => function.Name)];

    /// <summary>The app with its first project, which is attacked, and another whose admin attacks.</summary>
    public sealed class World : IAsyncLifetime
    {
        readonly Dictionary<string, string> _ids = [];
        string _before = "";

        public ProjectsApp App { get; private set; } = null!;

        public string AdminOfOther { get; private set; } = "";

        public string ViewerOfFirst { get; private set; } = "";

        public IReadOnlyList<string> WrongCredentials { get; } =
        [
            ProjectsApp.Basic("wrong", "wrong"), ProjectsApp.Basic("wrong", ""), ProjectsApp.Basic("", ""),
            "Bearer wrong", "Bearer cairn_admin_0123456789012345678901234567890123456789012", "Bearer", "Basic !", "Digest x",
        ];

        public async Task InitializeAsync()
        {
            App = await ProjectsApp.StartAsync();
            var keys = App.Services.GetRequiredService<ProjectKeys>();
            var first = App.Keys.ProjectId;
            var other = await App.Services.GetRequiredService<ProjectStore>().CreateAsync(new ProjectChange("Other"), default);
            AdminOfOther = ProjectsApp.Basic((await keys.CreateSecretAsync(other.Id, "s", Role.Admin, default)).Secret, "");
            var viewer = await keys.CreateServiceAccountAsync(first, "viewer", Role.Viewer, default);
            ViewerOfFirst = ProjectsApp.Basic(viewer.Key.Text, viewer.Secret);
            var all = await keys.ListAsync(first, default);
            _ids["{projectId}"] = first;
            _ids["{secretId}"] = all.First(key => key.Kind is KeyKind.ApiSecret).Id;
            _ids["{accountId}"] = all.First(key => key.Kind is KeyKind.ServiceAccount).Id;
            _ids["{tokenId}"] = all.First(key => key.Kind is KeyKind.MixpanelToken).Id;
            _before = await StateAsync();
        }

        public async Task DisposeAsync() => await App.DisposeAsync();

        public async Task<int> CallAsync(ListedFunction function, string authorization) => (await SendAsync(function, authorization)).Status;

        public Task<Reply> SendAsync(ListedFunction function, string authorization, params (string, string)[] headers)
        {
            var (method, path) = (function.Call.Split(' ')[0], function.Call.Split(' ')[1]);
            foreach (var (placeholder, id) in _ids) path = path.Replace(placeholder, id, StringComparison.Ordinal);
            // A route that doesn't name the project in its path is told it in the query, as another project's caller would.
            if (!path.Contains(App.Keys.ProjectId, StringComparison.Ordinal) && function.Access.Contains(' ', StringComparison.Ordinal) && function.Access is not ("any role" or "write token"))
                path += (path.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "project_id=" + App.Keys.ProjectId;
            return App.SendAsync(method, path, method is "GET" or "DELETE" ? null : Body, authorization, headers);
        }

        public async Task<int> CallWithCookieAsync(ListedFunction function, string session) =>
            (await SendAsync(function, "", ("Cookie", $"cairn_session={session}"), ("Sec-Fetch-Site", "same-origin"))).Status;

        /// <summary>Settings, keys and rows of the attacked project are what they were.</summary>
        public async Task ExpectNothingChangedAsync()
        {
            Assert.Equal(_before, await StateAsync());
            var recent = App.Services.GetRequiredService<IRowSnapshots>();
            foreach (var kind in new[] { RowLayout.Events, RowLayout.ProfileUpdates, RowLayout.Identities, RowLayout.GroupUpdates })
                Assert.Empty((await recent.OpenAsync(App.Keys.ProjectId, kind, default)).Files);
        }

        async Task<string> StateAsync()
        {
            var project = await App.SendAsync("GET", $"/api/v1/projects/{App.Keys.ProjectId}");
            var lists = await Task.WhenAll(new[] { "tokens", "keys", "service-accounts" }.Select(list => App.SendAsync("GET", $"/api/v1/projects/{App.Keys.ProjectId}/{list}")));
            Assert.All(lists.Append(project), reply => Assert.Equal(200, reply.Status));
            return string.Join('\n', lists.Append(project).Select(reply => reply.Body));
        }
    }
}
