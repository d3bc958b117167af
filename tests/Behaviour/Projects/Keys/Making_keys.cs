using System.Text;
using Cairn.Projects.Keys;
using Cairn.Storage;
using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.Projects.Keys;

public class Making_keys
{
    readonly SomeKeys _app = new();

    [Theory]
    [InlineData(KeyKind.MixpanelToken, "^[0-9a-f]{32}$")]
    [InlineData(KeyKind.AmplitudeApiKey, "^[0-9a-f]{32}$")]
    [InlineData(KeyKind.SegmentWriteKey, "^[0-9A-Za-z]{32}$")]
    public async Task A_write_token_has_the_form_its_tools_check_for(KeyKind kind, string form)
    {
        var project = await _app.ProjectAsync();

        var made = (await _app.Keys.CreateTokenAsync(project.Id, kind, "web", token: null, default))!;

        Assert.Matches(form, made.Secret);
        Assert.Equal(made.Secret, made.Key.Text);
        Assert.Equal(Role.Writer, made.Key.Role);
    }

    [Fact]
    public async Task A_token_that_apps_already_carry_is_taken_once_in_the_deployment()
    {
        var (shop, blog) = (await _app.ProjectAsync("Shop"), await _app.ProjectAsync("Blog"));
        const string token = "0123456789abcdef0123456789abcdef";

        Assert.NotNull(await _app.Keys.CreateTokenAsync(shop.Id, KeyKind.MixpanelToken, "web", token, default));
        Assert.Null(await _app.Keys.CreateTokenAsync(blog.Id, KeyKind.AmplitudeApiKey, "web", token, default));

        Assert.Empty(await _app.Keys.ListAsync(blog.Id, default));
        Assert.Equal(token, Assert.Single(await _app.Keys.ListAsync(shop.Id, default)).Text);
    }

    [Fact]
    public async Task Lists_tell_everything_but_the_secrets()
    {
        var project = await _app.ProjectAsync();
        var secret = await _app.Keys.CreateSecretAsync(project.Id, "export job", Role.Analyst, default);
        _app.Clock.Advance(TimeSpan.FromSeconds(1));
        var account = await _app.Keys.CreateServiceAccountAsync(project.Id, "Nightly Job!", Role.Viewer, default);

        var listed = await _app.Keys.ListAsync(project.Id, default);

        Assert.Equal(["export job", "Nightly Job!"], listed.Select(key => key.Name));
        Assert.Equal(secret.Secret[..4] + "…", listed[0].Text);
        Assert.Matches(@"^nightly-job\.[0-9a-f]{6}\.cairn-service-account$", listed[1].Text);
        Assert.Equal([Role.Analyst, Role.Viewer], listed.Select(key => key.Role));
        Assert.DoesNotContain(secret.Secret, string.Join(' ', listed), StringComparison.Ordinal);
        Assert.DoesNotContain(account.Secret, string.Join(' ', listed), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_secret_is_in_any_table()
    {
        var project = await _app.ProjectAsync();
        var secrets = new List<string>
        {
            (await _app.Keys.CreateSecretAsync(project.Id, "s", Role.Analyst, default)).Secret,
            (await _app.Keys.CreateServiceAccountAsync(project.Id, "a", Role.Viewer, default)).Secret,
            (await _app.Keys.ReplaceAdminKeyAsync(default)).Secret,
        };
        var link = await _app.SignIns.CreateLinkAsync(project.Id, Role.Admin, default);
        secrets.Add(link.Text);
        secrets.Add((await _app.SignIns.RedeemAsync(link.Text, default))!.Text);

        var everything = new StringBuilder();
        foreach (var table in new[] { "projects", "keys", "credentials", "signins" })
        {
            await foreach (var row in _app.Tables.QueryAsync(table, new TableRange(null), default))
                everything.AppendLine($"{row.PartitionKey} {row.RowKey} {string.Join(' ', row.Values.Select(pair => $"{pair.Key}={pair.Value}"))}");
        }

        var text = everything.ToString();
        Assert.Contains("pbkdf2-sha256", text, StringComparison.Ordinal);
        Assert.All(secrets, secret => Assert.DoesNotContain(secret[^20..], text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_deleted_key_opens_nothing_and_is_in_no_list()
    {
        var project = await _app.ProjectAsync();
        var account = await _app.Keys.CreateServiceAccountAsync(project.Id, "job", Role.Viewer, default);
        Assert.NotNull(await _app.Access.AuthenticateAsync(account.Key.Text, account.Secret, default));

        Assert.True(await _app.Keys.DeleteAsync(project.Id, account.Key.Id, default));

        Assert.Null(await _app.Access.AuthenticateAsync(account.Key.Text, account.Secret, default));
        Assert.Empty(await _app.Keys.ListAsync(project.Id, default));
        Assert.False(await _app.Keys.DeleteAsync(project.Id, account.Key.Id, default));
    }

    [Fact]
    public async Task A_key_of_another_project_is_out_of_reach()
    {
        var (shop, blog) = (await _app.ProjectAsync("Shop"), await _app.ProjectAsync("Blog"));
        var secret = await _app.Keys.CreateSecretAsync(shop.Id, "s", Role.Viewer, default);

        Assert.False(await _app.Keys.DeleteAsync(blog.Id, secret.Key.Id, default));
        Assert.Null(await _app.Keys.ChangeRoleAsync(blog.Id, secret.Key.Id, Role.Admin, default));
        Assert.Equal(Role.Viewer, (await _app.Access.AuthenticateAsync(secret.Secret, "", default))!.Role);
    }

    [Fact]
    public async Task A_role_is_changed_for_the_next_request()
    {
        var project = await _app.ProjectAsync();
        var account = await _app.Keys.CreateServiceAccountAsync(project.Id, "job", Role.Viewer, default);
        Assert.Equal(Role.Viewer, (await _app.Access.AuthenticateAsync(account.Key.Text, account.Secret, default))!.Role);

        var changed = await _app.Keys.ChangeRoleAsync(project.Id, account.Key.Id, Role.Admin, default);

        Assert.Equal(Role.Admin, changed!.Role);
        Assert.Equal(Role.Admin, (await _app.Access.AuthenticateAsync(account.Key.Text, account.Secret, default))!.Role);
        Assert.Equal(Role.Admin, Assert.Single(await _app.Keys.ListAsync(project.Id, default)).Role);
    }

    [Fact]
    public async Task A_new_admin_key_ends_the_one_before()
    {
        var first = await _app.Keys.ReplaceAdminKeyAsync(default);
        var second = await _app.Keys.ReplaceAdminKeyAsync(default);

        Assert.Null(await _app.Access.AuthenticateBearerAsync(first.Secret, default));
        Assert.Equal(Role.Admin, (await _app.Access.AuthenticateBearerAsync(second.Secret, default))!.Role);
    }
}
