using System.Diagnostics;
using Cairn.Projects;
using Cairn.Projects.Keys;
using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.Projects.Keys;

public class Granting_access
{
    readonly SomeKeys _app = new(options: new ProjectsOptions(AdminKey: "set by the operator"));

    [Fact]
    public async Task Every_form_of_credentials_gives_its_project_and_role()
    {
        var project = await _app.ProjectAsync();
        var token = (await _app.Keys.CreateTokenAsync(project.Id, KeyKind.MixpanelToken, "web", null, default))!.Secret;
        var apiKey = (await _app.Keys.CreateTokenAsync(project.Id, KeyKind.AmplitudeApiKey, "web", null, default))!.Secret;
        var secret = (await _app.Keys.CreateSecretAsync(project.Id, "exports", Role.Analyst, default)).Secret;
        var account = await _app.Keys.CreateServiceAccountAsync(project.Id, "job", Role.Admin, default);

        await ExpectAsync(token, "", Role.Writer, CredentialKind.WriteToken, "web");
        await ExpectAsync(secret, "", Role.Analyst, CredentialKind.ProjectSecret, "exports");
        await ExpectAsync(apiKey, secret, Role.Analyst, CredentialKind.ApiKeyAndSecret, "exports");
        await ExpectAsync(account.Key.Text, account.Secret, Role.Admin, CredentialKind.ServiceAccount, account.Key.Text);

        async Task ExpectAsync(string user, string password, Role role, CredentialKind kind, string actor)
        {
            var access = (await _app.Access.AuthenticateAsync(user, password, default))!;
            Assert.Equal((project.Id, role, kind, actor), (access.Project!.ProjectId, access.Role, access.Kind, access.Actor));
        }
    }

    [Fact]
    public async Task Wrong_credentials_of_every_form_give_nothing()
    {
        var (shop, blog) = (await _app.ProjectAsync("Shop"), await _app.ProjectAsync("Blog"));
        var shopKey = (await _app.Keys.CreateTokenAsync(shop.Id, KeyKind.AmplitudeApiKey, "web", null, default))!.Secret;
        var shopSecret = (await _app.Keys.CreateSecretAsync(shop.Id, "s", Role.Analyst, default)).Secret;
        var blogSecret = (await _app.Keys.CreateSecretAsync(blog.Id, "s", Role.Analyst, default)).Secret;
        var account = await _app.Keys.CreateServiceAccountAsync(shop.Id, "job", Role.Admin, default);

        foreach (var (user, password) in new[]
        {
            ("", ""), ("x", ""), ("x", "y"), ("a name / with ? signs", "x"), ("ü", "ü"),
            (shopSecret[..8] + new string('0', 24), ""), // the beginning alone finds a row and opens nothing
            (shopSecret, "x"), (shopSecret.ToUpperInvariant(), ""),
            (shopKey, blogSecret), (shopKey, account.Secret), (shopKey, shopKey),
            (account.Key.Text, ""), (account.Key.Text, shopSecret), (account.Key.Text, account.Secret + "x"), ("job", account.Secret),
        })
        {
            Assert.Null(await _app.Access.AuthenticateAsync(user, password, default));
        }
        foreach (var bearer in new[] { "", "x", shopSecret, account.Secret, "cairn_admin_", "cairn_admin_0123456789", "cairn_session_x", "set by the operato" })
            Assert.Null(await _app.Access.AuthenticateBearerAsync(bearer, default));
    }

    [Fact]
    public async Task The_operators_admin_key_is_for_all_projects()
    {
        var access = (await _app.Access.AuthenticateBearerAsync("set by the operator", default))!;
        Assert.Equal((null, Role.Admin, CredentialKind.AdminKey), (access.Project, access.Role, access.Kind));
    }

    [Fact]
    public async Task The_operators_admin_key_may_be_known_by_its_hash_alone()
    {
        const string OfKey = "2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683"; // printf key | sha256sum
        var app = new SomeKeys(options: new ProjectsOptions(AdminKeySha256: OfKey));
        Assert.Equal(CredentialKind.AdminKey, (await app.Access.AuthenticateBearerAsync("key", default))!.Kind);
        foreach (var wrong in new[] { "", "keys", OfKey }) Assert.Null(await app.Access.AuthenticateBearerAsync(wrong, default));
    }

    [Theory]
    [InlineData("key")]
    [InlineData("zz70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683")]
    public void What_is_no_hash_stops_the_start_and_names_the_setting(string hash)
    {
        var fault = Assert.Throws<InvalidOperationException>(() => new SomeKeys(options: new ProjectsOptions(AdminKeySha256: hash)));
        Assert.Contains("CAIRN_ADMIN_KEY_SHA256", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_that_setting_an_empty_text_opens_nothing()
    {
        var app = new SomeKeys(options: new ProjectsOptions(AdminKey: "", AdminKeySha256: ""));
        Assert.Null(await app.Access.AuthenticateBearerAsync("", default));
    }

    [Fact]
    public async Task A_key_taken_away_elsewhere_stops_working_here_within_a_minute()
    {
        var project = await _app.ProjectAsync();
        var secret = await _app.Keys.CreateSecretAsync(project.Id, "s", Role.Viewer, default);
        var elsewhere = new SomeKeys(_app.Tables, _app.Clock);
        Assert.NotNull(await elsewhere.Access.AuthenticateAsync(secret.Secret, "", default));

        await _app.Keys.DeleteAsync(project.Id, secret.Key.Id, default);
        _app.Clock.Advance(TimeSpan.FromSeconds(60));

        Assert.Null(await elsewhere.Access.AuthenticateAsync(secret.Secret, "", default));
    }

    [Fact]
    public async Task A_key_made_elsewhere_works_here_within_ten_seconds_even_after_it_was_refused()
    {
        var project = await _app.ProjectAsync();
        var elsewhere = new SomeKeys(_app.Tables, _app.Clock);
        const string token = "0123456789abcdef0123456789abcdef";
        Assert.Null(await elsewhere.Access.AuthenticateAsync(token, "", default));

        await _app.Keys.CreateTokenAsync(project.Id, KeyKind.MixpanelToken, "t", token, default);
        _app.Clock.Advance(TimeSpan.FromSeconds(10));

        Assert.NotNull(await elsewhere.Access.AuthenticateAsync(token, "", default));
    }

    [Fact]
    public async Task A_right_secret_is_checked_slowly_once_and_then_remembered()
    {
        var project = await _app.ProjectAsync();
        var secret = (await _app.Keys.CreateSecretAsync(project.Id, "s", Role.Viewer, default)).Secret;
        await _app.Access.AuthenticateAsync(secret, "", default);

        var watch = Stopwatch.StartNew();
        for (var i = 0; i < 1000; i++) await _app.Access.AuthenticateAsync(secret, "", default);

        // A thousand slow checks take several seconds; a thousand look-ups a few milliseconds.
        Assert.InRange(watch.ElapsedMilliseconds, 0, 1000);
    }

    [Fact]
    public async Task A_wrong_name_takes_as_long_as_a_wrong_secret()
    {
        var project = await _app.ProjectAsync();
        var account = await _app.Keys.CreateServiceAccountAsync(project.Id, "job", Role.Viewer, default);
        await MeasureAsync("warm", 3);

        var wrongName = await MeasureAsync("nobody", 15);
        var wrongSecret = await MeasureAsync(account.Key.Text, 15);

        Assert.InRange(wrongName / wrongSecret, 0.4, 2.5);

        async Task<double> MeasureAsync(string user, int count)
        {
            var ticks = new List<long>();
            for (var i = 0; i < count; i++)
            {
                var start = Stopwatch.GetTimestamp();
                await _app.Access.AuthenticateAsync(user, $"guess {user} {i}", default);
                ticks.Add(Stopwatch.GetTimestamp() - start);
            }
            return ticks.Order().ElementAt(count / 2);
        }
    }
}
