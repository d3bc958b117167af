using System.Text;
using System.Text.Json;
using Cairn.Projects;
using Cairn.Projects.Keys;
using Cairn.Storage;
using Cairn.Support;
using Cairn.Support.Stores;
using Xunit;

namespace Cairn.Behaviour.Projects.Keys;

public sealed class Starting_for_the_first_time : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task One_machine_gets_a_project_with_every_key_in_a_file_for_its_owner()
    {
        var app = OneMachine();

        var start = await app.FirstStart.RunAsync(default);
        app.FirstStart.NoteUrl(start.Keys!, "http://127.0.0.1:7071");

        Assert.True(start.AreNew);
        var json = JsonDocument.Parse(File.ReadAllBytes(_folder["keys.json"])).RootElement;
        Assert.Equal(
            ["project_id", "token", "api_key", "api_secret", "write_key", "service_account", "admin_key", "url"],
            json.EnumerateObject().Select(property => property.Name));
        Assert.Equal(["username", "secret"], json.GetProperty("service_account").EnumerateObject().Select(property => property.Name));
        Assert.Equal("http://127.0.0.1:7071", json.GetProperty("url").GetString());
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder["keys.json"]));
    }

    [Fact]
    public async Task Every_key_in_the_file_works()
    {
        var app = OneMachine();
        var keys = (await app.FirstStart.RunAsync(default)).Keys!;

        foreach (var token in new[] { keys.Token, keys.ApiKey, keys.WriteKey })
            Assert.Equal(keys.ProjectId, (await app.Directory.FindByTokenAsync(Encoding.UTF8.GetBytes(token), default))!.ProjectId);
        Assert.Equal(CredentialKind.ProjectSecret, (await app.Access.AuthenticateAsync(keys.ApiSecret, "", default))!.Kind);
        Assert.Equal(CredentialKind.ApiKeyAndSecret, (await app.Access.AuthenticateAsync(keys.ApiKey, keys.ApiSecret, default))!.Kind);
        Assert.Equal(Role.Admin, (await app.Access.AuthenticateAsync(keys.ServiceAccount.Username, keys.ServiceAccount.Secret, default))!.Role);
        Assert.Equal(CredentialKind.AdminKey, (await app.Access.AuthenticateBearerAsync(keys.AdminKey, default))!.Kind);
    }

    [Fact]
    public async Task A_second_start_changes_nothing()
    {
        var app = OneMachine();
        var first = await app.FirstStart.RunAsync(default);

        var second = await OneMachine(app).FirstStart.RunAsync(default);

        Assert.False(second.AreNew);
        Assert.Equal(first.Keys, second.Keys);
        Assert.Single(await app.Projects.ListAsync(default));
    }

    [Fact]
    public async Task A_lost_file_is_made_anew_for_the_same_project_and_tokens()
    {
        var app = OneMachine();
        var first = (await app.FirstStart.RunAsync(default)).Keys!;
        File.Delete(_folder["keys.json"]);

        var second = await OneMachine(app).FirstStart.RunAsync(default);

        Assert.True(second.AreNew);
        Assert.Equal((first.ProjectId, first.Token, first.WriteKey), (second.Keys!.ProjectId, second.Keys.Token, second.Keys.WriteKey));
        Assert.NotEqual(first.AdminKey, second.Keys.AdminKey);
        Assert.NotNull(await OneMachine(app).Access.AuthenticateBearerAsync(second.Keys.AdminKey, default));
        Assert.Null(await OneMachine(app).Access.AuthenticateBearerAsync(first.AdminKey, default));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{}")]
    public async Task A_spoiled_file_is_left_alone_and_named(string content)
    {
        File.WriteAllText(_folder["keys.json"], content);
        var fault = await Assert.ThrowsAsync<InvalidDataException>(() => OneMachine().FirstStart.RunAsync(default));
        Assert.Contains("keys.json", fault.Message, StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllText(_folder["keys.json"]));
    }

    [Fact]
    public async Task A_start_that_died_at_any_write_is_finished_by_the_next()
    {
        var inner = new InMemoryTableStore();
        for (var failing = 0; ; failing++)
        {
            var writes = 0;
            var tables = new FaultyTableStore(inner) { Decide = (_, isWrite) => isWrite && writes++ == failing ? BlobFault.FailBefore : BlobFault.None };
            try
            {
                await new SomeKeys(tables, options: OfFile()).FirstStart.RunAsync(default);
                break;
            }
            catch (StorageUnavailableException)
            {
                Assert.False(File.Exists(_folder["keys.json"]));
            }
            Assert.InRange(failing, 0, 100);
        }
        Assert.Single(await new SomeKeys(inner).Projects.ListAsync(default));
    }

    [Fact]
    public async Task Several_instances_that_start_at_once_make_one_project_with_one_token_of_each_kind_and_no_file()
    {
        // Slow enough that each sees the others half-way.
        var tables = new FaultyTableStore(new InMemoryTableStore()) { Decide = (_, _) => { Thread.Sleep(1); return BlobFault.None; } };

        var starts = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => new SomeKeys(tables).FirstStart.RunAsync(default))));

        Assert.Single(starts.Select(start => start.ProjectId).Distinct());
        Assert.Single(await new SomeKeys(tables).Projects.ListAsync(default));
        Assert.All(starts, start => Assert.Null(start.Keys));
        Assert.Equal(
            [KeyKind.MixpanelToken, KeyKind.AmplitudeApiKey, KeyKind.SegmentWriteKey],
            (await new SomeKeys(tables).Keys.ListAsync(starts[0].ProjectId, default)).Select(key => key.Kind).Order());
    }

    SomeKeys OneMachine(SomeKeys? before = null) => new(before?.Tables, before?.Clock, OfFile());

    ProjectsOptions OfFile() => new(KeysFile: _folder["keys.json"]);
}
